import type { ErrorCode } from "../core/errors.ts";

/** A failure of one table, of what goes on behind its pulls, or of a log source as a whole. */
export interface PullFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the visit of one log source came to. */
export interface PullVerdict {
  /** Something failed that Duo's limit does not explain. */
  readonly isFailed: boolean;
  readonly isRateLimited: boolean;
  /** The message is to be delivered again: what failed was neither Duo nor its answer, and may be over by then. */
  readonly isToBeRepeated: boolean;
}

/** Another program was first; its commit has what this one read. */
const OVERTAKEN: readonly ErrorCode[] = ["cursor_moved"];

/**
 * Tells states from failures; pure. What Duo answers is a state, a wrong key and a missing permission too: the next tick asks
 * again, and a repeated message would change nothing before that. What AWS or this program did wrong is none.
 */
export function judge(failures: readonly PullFailure[]): PullVerdict {
  const isOf = (codes: readonly string[]) => (failure: PullFailure) => codes.includes(failure.code);
  const isLimit = isOf(["duo_rate_limited"]);
  const isState = ({ code }: PullFailure): boolean => code.startsWith("duo_") || OVERTAKEN.includes(code);
  const grave = failures.filter((failure) => !isLimit(failure) && !isOf(OVERTAKEN)(failure));
  return {
    isFailed: grave.length > 0,
    isRateLimited: failures.some(isLimit),
    isToBeRepeated: failures.some((failure) => !isState(failure)),
  };
}
