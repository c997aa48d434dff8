import { expect, test } from "vitest";
import { createRateLimiter } from "../../simulator/rate-limiter.ts";
import { createEndpointPace } from "../../src/duo/endpoint-pace.ts";

const MINUTE_MS = 60_000;

const LIMITS = [2, 5, 10, 20, 50, 60, 100];

test.each(
  LIMITS.flatMap((limit) =>
    [limit + 1, 2 * limit + 1, 5 * limit, 40 * limit].map((pages) => [pages, limit] as const),
  ),
)(
  "%i pages at %i a minute, a limit that has to be found out, take at most 5 % longer than it makes necessary",
  (pageCount, requestsPerMinute) => {
    const limit = createRateLimiter({ requestsPerMinute });
    const pace = createEndpointPace({ holdMs: MINUTE_MS });
    let nowMs = 0;
    let answered = 0;
    while (answered < pageCount) {
      nowMs = Math.max(nowMs, pace.slotMs(nowMs, 0));
      pace.take(nowMs);
      try {
        limit("endpoint", nowMs);
        pace.succeeded();
        answered += 1;
      } catch {
        pace.limited(nowMs, undefined);
      }
    }
    expect(nowMs / ((pageCount / requestsPerMinute) * MINUTE_MS)).toBeLessThanOrEqual(1.05);
  },
);

/** Asks as often as the pace lets, for a while; an answer takes 50 ms. */
function ask(
  requestsPerMinute: number,
  forMs: number,
): { readonly answered: number; readonly refused: number } {
  const limit = createRateLimiter({ requestsPerMinute });
  const pace = createEndpointPace({ holdMs: MINUTE_MS });
  let nowMs = 0;
  let answered = 0;
  let refused = 0;
  for (;;) {
    nowMs = Math.max(nowMs, pace.slotMs(nowMs, 0));
    if (nowMs >= forMs) return { answered, refused };
    pace.take(nowMs);
    nowMs += 50;
    try {
      limit("endpoint", nowMs);
      pace.succeeded();
      answered += 1;
    } catch {
      pace.limited(nowMs, undefined);
      refused += 1;
    }
  }
}

test.each([2, 10, 50, 200])(
  "of %i requests a minute that Duo allows, 93 in 100 are used over four hours, with few refusals",
  (requestsPerMinute) => {
    const { answered, refused } = ask(requestsPerMinute, 240 * MINUTE_MS);
    expect(answered / (240 * requestsPerMinute)).toBeGreaterThan(0.93);
    expect(refused).toBeLessThan(Math.max(12, answered / 1.9));
  },
);

test("a limit that was lifted is noticed within the hour", () => {
  const pace = createEndpointPace({ holdMs: MINUTE_MS });
  let nowMs = 0;
  for (let i = 0; i < 10; i += 1) {
    nowMs = Math.max(nowMs, pace.slotMs(nowMs, 0));
    pace.take(nowMs);
    pace.succeeded();
  }
  pace.take(nowMs);
  pace.limited(nowMs, undefined);
  const request = (): void => {
    nowMs = Math.max(nowMs, pace.slotMs(nowMs, 0));
    pace.take(nowMs);
    pace.succeeded();
  };
  for (let i = 0; i < 5; i += 1) request();
  expect(pace.slotMs(nowMs, 1) - nowMs).toBeGreaterThan(4_000);
  nowMs += 61 * MINUTE_MS;
  for (let i = 0; i < 100; i += 1) request();
  expect(pace.ratePerSecond()).toBe(100);
});
