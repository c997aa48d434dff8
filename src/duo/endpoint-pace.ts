import type { LearnedLimit } from "./endpoint-limits.ts";
import { learnLimit, type LimitInForce, recalledLimit } from "./learn-limit.ts";
import { createRequestWindow } from "./request-window.ts";

/** What was learned of how fast Duo answers one endpoint, and when the next request may go out. No clock and no waits. */
export interface EndpointPace {
  /**
   * When a request may go out: now, or when the hold is over, the last request is far enough away and the minute has room.
   *
   * @param nowMs the time
   * @param aheadCount how many others go before it
   */
  readonly slotMs: (nowMs: number, aheadCount: number) => number;
  /** A request goes out now. */
  readonly take: (nowMs: number) => void;
  /** Duo answered: the next request may come a little sooner. */
  readonly succeeded: (nowMs: number) => void;
  /** Duo answered 429: the rate is halved and nothing is sent for the hold, whose length in ms is returned. */
  readonly limited: (nowMs: number, retryAfterMs: number | undefined) => number;
  /** What Duo allows, where that was found out and still counts. */
  readonly learned: (nowMs: number) => LearnedLimit | undefined;
  /** Goes by what an earlier program found out, unless this one has found out something itself. */
  readonly recall: (limit: LearnedLimit, nowMs: number) => void;
  /** How many requests a second are let go in the long run. */
  readonly ratePerSecond: (nowMs: number) => number;
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
/**
 * Requests are spaced so that they fill this share of the minute. The rest makes up for what a hold has cost, and for answers that
 * are slow; with a smaller share live pulls would wait for longer behind a backfill that has used the minute up.
 */
const MINUTE_SHARE = 0.8;
const RATE_PER_SECOND_MIN = 1 / 60;
const HOLD_MS_MAX = 15 * 60_000;
/** Keeps the power of two a number; the hold is at its longest long before. */
const DOUBLING_COUNT_MAX = 16;

/**
 * Makes the pace of one endpoint: additive increase, halved on 429, then held. What Duo answered in the minute before a 429 is
 * what it allows in a minute: for an hour no more is sent (`learnLimit`).
 *
 * Retry-After is honored at any length ("no request to that endpoint before"); the 15 minutes bound our own doubling.
 */
export function createEndpointPace(options: EndpointPaceOptions): EndpointPace {
  const { holdMs, holdMsMax = HOLD_MS_MAX } = options;
  const { ratePerSecondStart = 1, ratePerSecondStep = 2, ratePerSecondMax = 100 } = options;
  const window = createRequestWindow();
  let ratePerSecond = ratePerSecondStart;
  let nextAtMs = -Infinity;
  let heldUntilMs = -Infinity;
  let rejectedCount = 0;
  let firstMs: number | undefined;
  let limit: LimitInForce | undefined;
  // Rounded up: a timer knows whole milliseconds only, and would let the request go before its time.
  const intervalMs = (): number => Math.ceil(1000 / ratePerSecond);
  const requestsPerMinute = (nowMs: number): number | undefined =>
    limit !== undefined && nowMs < limit.untilMs ? limit.requestsPerMinute : undefined;
  const roomMs = (nowMs: number, aheadCount: number): number => {
    const most = requestsPerMinute(nowMs);
    return most === undefined ? nowMs : window.roomMs(nowMs, { requestsPerMinute: most, aheadCount });
  };
  return {
    slotMs: (nowMs, aheadCount) => {
      const byRateMs = Math.max(nowMs, nextAtMs, heldUntilMs) + aheadCount * intervalMs();
      return Math.max(byRateMs, Math.ceil(roomMs(nowMs, aheadCount)));
    },
    take: (nowMs) => {
      firstMs ??= nowMs;
      const most = ((requestsPerMinute(nowMs) ?? Infinity) * 1000) / (MINUTE_MS * MINUTE_SHARE);
      ratePerSecond = Math.min(ratePerSecond, most);
      nextAtMs = nowMs + intervalMs();
      window.sent(nowMs);
    },
    succeeded: (nowMs) => {
      rejectedCount = 0;
      ratePerSecond = Math.min(ratePerSecond + ratePerSecondStep, ratePerSecondMax);
      window.answered(nowMs);
    },
    limited: (nowMs, retryAfterMs) => {
      const backOffMs = Math.min(holdMs * 2 ** Math.min(rejectedCount, DOUBLING_COUNT_MAX), holdMsMax);
      const pauseMs = retryAfterMs ?? backOffMs;
      window.refused();
      // A further one in a row tells of the hold, which was too short, and nothing of the limit.
      if (rejectedCount === 0) {
        const answeredCount = window.answeredCount(nowMs);
        limit = learnLimit(limit, { nowMs, answeredCount, forMs: nowMs - (firstMs ?? nowMs) });
      }
      rejectedCount += 1;
      ratePerSecond = Math.max(ratePerSecond / 2, RATE_PER_SECOND_MIN);
      heldUntilMs = Math.max(nowMs + pauseMs, heldUntilMs);
      return pauseMs;
    },
    learned: (nowMs) => (limit?.isTrusted === true && nowMs < limit.untilMs ? limit : undefined),
    recall: (known, nowMs) => {
      limit ??= recalledLimit(known, nowMs);
    },
    ratePerSecond: (nowMs) => Math.min(ratePerSecond, (requestsPerMinute(nowMs) ?? Infinity) / 60),
    heldUntilMs: () => heldUntilMs,
    rejectedCount: () => rejectedCount,
  };
}
