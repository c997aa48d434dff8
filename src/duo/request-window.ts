/** The requests of the last minute, and when the minute has room for one more. No clock. */
export interface RequestWindow {
  readonly sent: (nowMs: number) => void;
  readonly answered: (nowMs: number) => void;
  /** Duo answered 429: it does not count the request. */
  readonly refused: () => void;
  /** How many were answered in the minute before. */
  readonly answeredCount: (nowMs: number) => number;
  /**
   * When one more may go out.
   *
   * @param nowMs the time
   * @param options `requestsPerMinute`: how many the minute has room for, 1 or more; `aheadCount`: how many go before it
   */
  readonly roomMs: (
    nowMs: number,
    options: { readonly requestsPerMinute: number; readonly aheadCount: number },
  ) => number;
}

const MINUTE_MS = 60_000;

/**
 * Makes an empty window.
 *
 * A request counts for a minute from its answer on. Duo counts from its arrival, which was before: so however long the way
 * takes, what goes out a minute after an answer arrives a minute after the request.
 */
export function createRequestWindow(): RequestWindow {
  let answeredMs: readonly number[] = [];
  // One whose answer never comes is forgotten after a minute, which is longer than an answer may take.
  let underWayMs: readonly number[] = [];
  return {
    sent: (nowMs) => {
      answeredMs = withinMinute(answeredMs, nowMs);
      underWayMs = [...withinMinute(underWayMs, nowMs), nowMs];
    },
    // Whose answer it is does not matter: those that are under way count all the same.
    answered: (nowMs) => {
      underWayMs = underWayMs.slice(0, -1);
      answeredMs = [...answeredMs, nowMs];
    },
    refused: () => {
      underWayMs = underWayMs.slice(0, -1);
    },
    answeredCount: (nowMs) => withinMinute(answeredMs, nowMs).length,
    roomMs: (nowMs, { requestsPerMinute, aheadCount }) => {
      const times = [...answeredMs, ...underWayMs];
      // Each minute lets a whole set of them go, so it goes out some whole minutes after one of these.
      const minuteCount = Math.floor(aheadCount / requestsPerMinute) + 1;
      const before = times[times.length + aheadCount - minuteCount * requestsPerMinute];
      return before === undefined
        ? nowMs + (minuteCount - 1) * MINUTE_MS
        : Math.max(nowMs, before + minuteCount * MINUTE_MS);
    },
  };
}

function withinMinute(times: readonly number[], nowMs: number): readonly number[] {
  return times.filter((atMs) => atMs > nowMs - MINUTE_MS);
}
