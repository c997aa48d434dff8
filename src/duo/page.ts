import type { Json } from "../core/json.ts";

/** The range of event times to read, ms since 1970, both ends included. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * True where nothing above `toMs` may come, also from an endpoint that has no end of its own (v1 lists): what lies there is
   * another reader's.
   */
  readonly isClosed?: true;
}

/** A stretch of time in which Duo has events that it does not hand out. */
export interface Gap {
  /** ms since 1970; `fromMs` included, `toMs` not. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: GapReason;
}

/**
 * - `retention`: older than what Duo keeps
 * - `saturated_second`: a v1 second with more rows than a page shows
 */
export type GapReason = "retention" | "saturated_second";

/** What one request brought. */
export interface Page {
  readonly events: readonly Json[];
  /** When the answer was complete, ms since 1970. */
  readonly fetchedAtMs: number;
  /**
   * With this page every event before this time (ms since 1970) that Duo shows was read; undefined where the page proves
   * nothing of the kind.
   */
  readonly readThroughMs: number | undefined;
  readonly isLast: boolean;
  /** True where equal events are counted anew in this page because it starts at the beginning of a second. */
  readonly countsAnew: boolean;
  readonly gaps: readonly Gap[];
}
