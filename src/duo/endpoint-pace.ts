/** What was learned of how fast Duo answers one endpoint, and when the next request may go out. No clock and no waits. */
export interface EndpointPace {
  /**
   * When a request may go out: now, or when the hold is over and the last request is far enough away.
   *
   * @param nowMs the time
   * @param aheadCount how many others go before it, one interval apart
   */
  readonly slotMs: (nowMs: number, aheadCount: number) => number;
  /** A request goes out now. */
  readonly take: (nowMs: number) => void;
  /** Duo answered: the next request may come a little sooner. */
  readonly succeeded: () => void;
  /** Duo answered 429: the rate is halved and nothing is sent for the hold, whose length in ms is returned. */
  readonly limited: (nowMs: number, retryAfterMs: number | undefined) => number;
  readonly ratePerSecond: () => number;
  /** When the last hold is over, in the past or not. */
  readonly heldUntilMs: () => number;
  /** How many 429s came in a row. */
  readonly rejectedCount: () => number;
}

export interface EndpointPaceOptions {
  /** First hold after a 429 without Retry-After, ms; it doubles with each further 429 up to `holdMsMax`. */
  readonly holdMs: number;
  readonly holdMsMax?: number | undefined;
  /** Requests per second: where each endpoint starts, what each answer adds, and the end of it. */
  readonly ratePerSecondStart?: number | undefined;
  readonly ratePerSecondStep?: number | undefined;
  readonly ratePerSecondMax?: number | undefined;
}

const MINUTE_MS = 60_000;
/** So many answers within a minute before a 429 tell what Duo allows; fewer may be somebody else's doing. */
const LEARNED_COUNT_MIN = 5;
/** Just below the limit, so that it is not met again and again: each time costs a hold. */
const LEARNED_SHARE = 0.98;
/** What was learned is tried anew after this long: the limit, or who shares it, may have changed. */
const LEARNED_FOR_MS = 3_600_000;
const RATE_PER_SECOND_MIN = 1 / 60;
const HOLD_MS_MAX = 15 * 60_000;
/** Keeps the power of two a number; the hold is at its longest long before. */
const DOUBLING_COUNT_MAX = 16;

/**
 * Makes the pace of one endpoint: additive increase, halved on 429, then held. What Duo answered in the minute before a 429 is
 * what it allows: for an hour the rate does not rise above it.
 *
 * Retry-After is honored at any length ("no request to that endpoint before"); the 15 minutes bound our own doubling.
 */
export function createEndpointPace(options: EndpointPaceOptions): EndpointPace {
  const { holdMs, holdMsMax = HOLD_MS_MAX } = options;
  const { ratePerSecondStart = 1, ratePerSecondStep = 0.5, ratePerSecondMax = 20 } = options;
  let ratePerSecond = ratePerSecondStart;
  let nextAtMs = -Infinity;
  let heldUntilMs = -Infinity;
  let rejectedCount = 0;
  let learned = { ratePerSecond: Infinity, untilMs: -Infinity };
  let takenMs: number[] = [];
  // Rounded up: a timer knows whole milliseconds only, and would let the request go before its time.
  const intervalMs = (): number => Math.ceil(1000 / ratePerSecond);
  return {
    slotMs: (nowMs, aheadCount) => Math.max(nowMs, nextAtMs, heldUntilMs) + aheadCount * intervalMs(),
    take: (nowMs) => {
      const most = nowMs < learned.untilMs ? learned.ratePerSecond : ratePerSecondMax;
      ratePerSecond = Math.min(ratePerSecond, most);
      nextAtMs = nowMs + intervalMs();
      takenMs = [...withinMinute(takenMs, nowMs), nowMs];
    },
    succeeded: () => {
      rejectedCount = 0;
      ratePerSecond = Math.min(ratePerSecond + ratePerSecondStep, ratePerSecondMax);
    },
    limited: (nowMs, retryAfterMs) => {
      const backOffMs = Math.min(holdMs * 2 ** Math.min(rejectedCount, DOUBLING_COUNT_MAX), holdMsMax);
      const pauseMs = retryAfterMs ?? backOffMs;
      // The refused request itself was no answer.
      const answeredCount = withinMinute(takenMs, nowMs).length - 1;
      if (rejectedCount === 0 && answeredCount >= LEARNED_COUNT_MIN) {
        learned = {
          ratePerSecond: (answeredCount * LEARNED_SHARE * 1000) / MINUTE_MS,
          untilMs: nowMs + LEARNED_FOR_MS,
        };
      }
      rejectedCount += 1;
      ratePerSecond = Math.max(ratePerSecond / 2, RATE_PER_SECOND_MIN);
      heldUntilMs = Math.max(nowMs + pauseMs, heldUntilMs);
      return pauseMs;
    },
    ratePerSecond: () => ratePerSecond,
    heldUntilMs: () => heldUntilMs,
    rejectedCount: () => rejectedCount,
  };
}

function withinMinute(times: readonly number[], nowMs: number): number[] {
  return times.filter((atMs) => atMs > nowMs - MINUTE_MS);
}
