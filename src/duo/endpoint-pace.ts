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
/** As many requests as Duo allows in a minute go out in a little more than one: on the way they may come closer together. */
const WINDOW_MS = MINUTE_MS * 1.02;
/**
 * Requests are spaced so that they fill this share of the window. The rest makes up for what a hold has cost, and for answers that
 * are slow; with a smaller share live pulls would wait for longer behind a backfill that has used the window up.
 */
const WINDOW_SHARE = 0.8;
/** What was learned is tried anew after this long: the limit, or who shares it, may have changed. */
const LEARNED_FOR_MS = 3_600_000;
const RATE_PER_SECOND_MIN = 1 / 60;
const HOLD_MS_MAX = 15 * 60_000;
/** Keeps the power of two a number; the hold is at its longest long before. */
const DOUBLING_COUNT_MAX = 16;

/**
 * Makes the pace of one endpoint: additive increase, halved on 429, then held. What Duo answered in the minute before a 429 is
 * what it allows in a minute: for an hour no more is sent.
 *
 * Retry-After is honored at any length ("no request to that endpoint before"); the 15 minutes bound our own doubling.
 */
export function createEndpointPace(options: EndpointPaceOptions): EndpointPace {
  const { holdMs, holdMsMax = HOLD_MS_MAX } = options;
  const { ratePerSecondStart = 1, ratePerSecondStep = 2, ratePerSecondMax = 100 } = options;
  let ratePerSecond = ratePerSecondStart;
  let nextAtMs = -Infinity;
  let heldUntilMs = -Infinity;
  let rejectedCount = 0;
  let learned = { count: Infinity, untilMs: -Infinity };
  /** When requests went out, as far back as a window reaches. */
  let takenMs: readonly number[] = [];
  // Rounded up: a timer knows whole milliseconds only, and would let the request go before its time.
  const intervalMs = (): number => Math.ceil(1000 / ratePerSecond);
  /** When the window has room for one more, behind those ahead. */
  const roomMs = (nowMs: number, aheadCount: number): number => {
    const before = nowMs < learned.untilMs ? takenMs[takenMs.length + aheadCount - learned.count] : undefined;
    return before === undefined ? nowMs : Math.ceil(before + WINDOW_MS);
  };
  return {
    slotMs: (nowMs, aheadCount) =>
      Math.max(Math.max(nowMs, nextAtMs, heldUntilMs) + aheadCount * intervalMs(), roomMs(nowMs, aheadCount)),
    take: (nowMs) => {
      if (nowMs < learned.untilMs) {
        ratePerSecond = Math.min(ratePerSecond, (learned.count * 1000) / (WINDOW_MS * WINDOW_SHARE));
      }
      nextAtMs = nowMs + intervalMs();
      takenMs = [...takenMs.filter((atMs) => atMs > nowMs - WINDOW_MS), nowMs];
    },
    succeeded: () => {
      rejectedCount = 0;
      ratePerSecond = Math.min(ratePerSecond + ratePerSecondStep, ratePerSecondMax);
    },
    limited: (nowMs, retryAfterMs) => {
      const backOffMs = Math.min(holdMs * 2 ** Math.min(rejectedCount, DOUBLING_COUNT_MAX), holdMsMax);
      const pauseMs = retryAfterMs ?? backOffMs;
      // The refused request itself was no answer.
      const answeredCount = takenMs.filter((atMs) => atMs > nowMs - MINUTE_MS).length - 1;
      if (rejectedCount === 0 && answeredCount >= LEARNED_COUNT_MIN) {
        learned = { count: answeredCount, untilMs: nowMs + LEARNED_FOR_MS };
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
