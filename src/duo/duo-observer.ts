import type { DuolakeError } from "../core/errors.ts";

/** What a client tells while it works; for metrics, progress and logs. */
export interface DuoObserver {
  /** One request was answered; `status` is the HTTP status, 0 when no answer came. */
  readonly onRequest?: (path: string, status: number, durationMs: number) => void;
  /** The next request waits. */
  readonly onWait?: (path: string, delayMs: number, because: DuolakeError) => void;
  /** This machine's clock is wrong by `skewMs` (positive: ahead); requests are signed with the corrected time from now on. */
  readonly onSkew?: (skewMs: number) => void;
}
