import type { Gap } from "../duo/page.ts";
import type { Drift } from "../pipeline/drift.ts";
import type { BackfillStatus } from "./backfill-status.ts";
import type { EndpointWait } from "./endpoint-wait.ts";
import type { JournalEntry } from "./journal-entry.ts";

/** What is true of one table of one account now. */
export interface TableStatus {
  readonly source: string;
  /** The child account; undefined where the log source pulls its own, and before the first pull of a child. */
  readonly account: string | undefined;
  readonly table: string;
  readonly resolvedName: string;
  /** The stream that feeds it; undefined before the first pull. */
  readonly stream: string | undefined;
  /** Since when that stream feeds it, ms since 1970; undefined where it always did. */
  readonly streamSinceMs: number | undefined;
  /** Up to when it holds everything, ms since 1970. */
  readonly watermarkMs: number | undefined;
  /** Of the whole table: its accounts share it. */
  readonly rowCount: number;
  readonly fileCount: number;
  readonly lastPullAt: string | undefined;
  readonly lastError: JournalEntry["lastError"];
  /** Of every reader of the stream, oldest first. */
  readonly gaps: readonly Gap[];
  /** The most frequent first. */
  readonly drift: readonly Drift[];
  readonly deadLetterCount: number;
  /** Undefined where nothing was or is to be backfilled. */
  readonly backfill: BackfillStatus | undefined;
  /** When the last day and week were last read again, ms since 1970. */
  readonly dayRereadMs: number | undefined;
  readonly weekRereadMs: number | undefined;
  /** Estimate; undefined where nothing is read again. */
  readonly rereadRequestsPerDay: number | undefined;
  /** Why the daemon's next request for it waits; undefined where it does not. */
  readonly waiting: EndpointWait | undefined;
}
