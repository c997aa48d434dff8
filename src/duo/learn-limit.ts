import type { LearnedLimit } from "./endpoint-limits.ts";

/** A limit that is kept to. */
export interface LimitInForce extends LearnedLimit {
  /** How long it is kept to, ms since 1970; then it is tried anew, for Duo or who shares it may have changed. */
  readonly untilMs: number;
  /** False where it is only the best guess for the next minute. */
  readonly isTrusted: boolean;
}

const MINUTE_MS = 60_000;
/** Fewer answers than this within a minute may be somebody else's doing. */
const TRUSTED_COUNT_MIN = 5;
/** What took longer than this to use up is not used up a second time to make sure: it would cost as long again. */
const QUICK_MS = MINUTE_MS / 10;
const TRUSTED_FOR_MS = 3_600_000;
/** A limit that was kept to and met all the same is lower by this at the least. */
const DISPROVED_SHARE = 0.9;

/**
 * Says what an answer 429 teaches: what Duo answered in the minute before is what it allows in a minute. Pure.
 *
 * In the first minute of a program, what another one had sent just before may count as well. Then the count holds for a minute
 * only: by the end of the usual hold Duo has forgotten all requests, and the next 429 tells for sure.
 *
 * @param known what was in force, if anything
 * @param seen `answeredCount` in the minute before; `forMs`: since the first request of this program
 * @returns undefined where nothing was answered: somebody else had used everything up
 */
export function learnLimit(
  known: LimitInForce | undefined,
  seen: { readonly nowMs: number; readonly answeredCount: number; readonly forMs: number },
): LimitInForce | undefined {
  const { nowMs, answeredCount, forMs } = seen;
  if (answeredCount === 0) return known;
  const isKnown = known?.isTrusted === true && nowMs < known.untilMs;
  const isWholeMinute = forMs >= MINUTE_MS;
  // Over fixed minutes of Duo's, twice the limit may be answered within one of ours; then the count alone would never get there.
  const atMost = isKnown && isWholeMinute ? Math.floor(known.requestsPerMinute * DISPROVED_SHARE) : Infinity;
  const requestsPerMinute = Math.max(1, Math.min(answeredCount, atMost));
  const isSure = isWholeMinute || (forMs > QUICK_MS && !isKnown);
  const isTrusted = isSure && requestsPerMinute >= TRUSTED_COUNT_MIN;
  const untilMs = nowMs + (isTrusted ? TRUSTED_FOR_MS : MINUTE_MS);
  return { requestsPerMinute, atMs: nowMs, untilMs, isTrusted };
}

/** What an earlier program found out, as if it had been found out now; it keeps its age. */
export function recalledLimit(limit: LearnedLimit, nowMs: number): LimitInForce {
  return { ...limit, untilMs: nowMs + TRUSTED_FOR_MS, isTrusted: true };
}
