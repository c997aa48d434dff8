import type { SourceStatus } from "../status/source-status.ts";

/** However it came to be asked for again: less than this after a visit nothing is worth the requests. */
const VISIT_AGE_MS_MIN = 60_000;

/**
 * True where a log source needs no visit: the last one left nothing, and it began a moment ago, or after the tick that asks now. A
 * backlog of ticks, as after an outage, so costs next to nothing; pure.
 *
 * A status from the future says nothing: the clock of whoever wrote it was wrong.
 *
 * @param before what the last visit left
 * @param asked nowMs, and the time of the tick where it is known, ms since 1970
 */
export function isLeftAlone(
  { visitedAtMs, isSettled }: Pick<SourceStatus, "visitedAtMs" | "isSettled">,
  { nowMs, tickMs }: { readonly nowMs: number; readonly tickMs: number | undefined },
): boolean {
  if (!isSettled || visitedAtMs === undefined || visitedAtMs > nowMs) return false;
  return nowMs - visitedAtMs < VISIT_AGE_MS_MIN || (tickMs !== undefined && tickMs <= visitedAtMs);
}
