import { describe, expect, test } from "vitest";
import { createRateLimiter } from "../../simulator/rate-limiter.ts";
import { createEndpointPace, type EndpointPace } from "../../src/duo/endpoint-pace.ts";

const MINUTE_MS = 60_000;
/** Some whole minute. */
const START_MS = 29_000_000 * MINUTE_MS;

interface Account {
  readonly requestsPerMinute: number;
  readonly minutes?: "sliding" | "fixed";
  readonly retryAfterSeconds?: number;
  /** How far into a minute of the clock it begins, ms. */
  readonly phaseMs?: number;
  /** How long the ways there and back take, ms; given the number of the request. */
  readonly wayMs?: (index: number) => number;
  /** Requests of another program, ms before the first one. */
  readonly sentBeforeMs?: readonly number[];
  readonly pace?: EndpointPace;
}

/** Asks as often as the pace lets, one request after the other, until `isEnough`. */
function ask(account: Account, isEnough: (answered: number, elapsedMs: number) => boolean) {
  const {
    phaseMs = 0,
    wayMs = () => 0,
    sentBeforeMs = [],
    requestsPerMinute,
    minutes,
    retryAfterSeconds,
  } = account;
  const limit = createRateLimiter({
    requestsPerMinute,
    ...(minutes && { minutes }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  const startMs = START_MS + phaseMs;
  for (const beforeMs of sentBeforeMs) limit("endpoint", startMs - beforeMs);
  const pace = account.pace ?? createEndpointPace({ holdMs: MINUTE_MS });
  const sentMs: number[] = [];
  const refusedMs: number[] = [];
  let answered = 0;
  for (let nowMs = startMs; ;) {
    if (isEnough(answered, nowMs - startMs))
      return { answered, sentMs, refusedMs, elapsedMs: nowMs - startMs, pace };
    nowMs = Math.max(nowMs, pace.slotMs(nowMs, 0));
    pace.take(nowMs);
    sentMs.push(nowMs - startMs);
    nowMs += wayMs(2 * sentMs.length);
    const isAnswered = passes(() => limit("endpoint", nowMs));
    nowMs += wayMs(2 * sentMs.length + 1);
    if (isAnswered) {
      pace.succeeded(nowMs);
      answered += 1;
    } else {
      refusedMs.push(nowMs - startMs);
      pace.limited(nowMs, retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000);
    }
  }
}

function passes(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** How long so many pages take, as a multiple of the time that the limit makes necessary. */
function share(pageCount: number, account: Account): number {
  const { elapsedMs } = ask(account, (answered) => answered >= pageCount);
  return elapsedMs / ((pageCount / account.requestsPerMinute) * MINUTE_MS);
}

/** A pace that knows from an earlier program what Duo allows. */
function recalled(requestsPerMinute: number): EndpointPace {
  const pace = createEndpointPace({ holdMs: MINUTE_MS });
  pace.recall({ requestsPerMinute, atMs: START_MS - MINUTE_MS }, START_MS);
  return pace;
}

const PAIRS = [
  ...[2, 5, 10, 20, 50, 60, 100].flatMap((limit) =>
    [limit + 1, 2 * limit + 1, 5 * limit, 40 * limit].map((pages) => [pages, limit] as const),
  ),
  ...([
    [30, 10],
    [101, 10],
    [406, 20],
  ] as const),
];

describe("so many pages at so many a minute take at most 5 % longer than that makes necessary", () => {
  test.each(PAIRS)("%i pages at %i, which has to be found out", (pages, requestsPerMinute) => {
    expect(share(pages, { requestsPerMinute })).toBeLessThanOrEqual(1.05);
  });

  test.each(PAIRS)(
    "%i pages at %i in each minute of Duo's clock, wherever in it they begin",
    (pages, requestsPerMinute) => {
      for (const phaseMs of [0, 20_000, 45_000, 55_000, 58_000, 59_500]) {
        expect(share(pages, { requestsPerMinute, minutes: "fixed", phaseMs })).toBeLessThanOrEqual(1.05);
      }
    },
  );

  test.each(PAIRS)(
    "%i pages at %i, which was found out before, without a 429",
    (pages, requestsPerMinute) => {
      const account = { requestsPerMinute, pace: recalled(requestsPerMinute) };
      const { elapsedMs, refusedMs } = ask(account, (answered) => answered >= pages);
      expect(refusedMs).toEqual([]);
      expect(elapsedMs / ((pages / requestsPerMinute) * MINUTE_MS)).toBeLessThanOrEqual(1);
    },
  );

  test.each(PAIRS.filter(([, limit]) => limit >= 5))(
    "%i pages at %i where Duo says to come back after five seconds",
    (pages, requestsPerMinute) => {
      const account = { requestsPerMinute, retryAfterSeconds: 5 };
      const { elapsedMs, refusedMs } = ask(account, (answered) => answered >= pages);
      expect(elapsedMs / ((pages / requestsPerMinute) * MINUTE_MS)).toBeLessThanOrEqual(1.05);
      expect(refusedMs.length).toBeLessThanOrEqual(2);
    },
  );
});

describe("where each answer takes 0.3 seconds", () => {
  const wayMs = (): number => 150;

  test.each([51, 101, 1_000])(
    "%i pages at 50 cost the time in which the first minute was used up, twice at most",
    (pages) => {
      const { elapsedMs, refusedMs } = ask({ requestsPerMinute: 50, wayMs }, (answered) => answered >= pages);
      const extraMs = elapsedMs - (pages / 50) * MINUTE_MS;
      expect(extraMs).toBeLessThanOrEqual(2 * (refusedMs[0] ?? 0));
    },
  );

  test.each([51, 101, 1_000])(
    "%i pages at 50, which was found out before, take at most 1 % longer",
    (pages) => {
      expect(share(pages, { requestsPerMinute: 50, wayMs, pace: recalled(50) })).toBeLessThanOrEqual(1.01);
    },
  );
});

describe("a limit that is known", () => {
  test.each(["sliding", "fixed"] as const)(
    "is kept to whatever time the ways of requests and answers take (%s minutes)",
    (minutes) => {
      // From 20 ms to 4 s, in no order.
      const wayMs = (index: number): number => 20 + ((index * 7_919) % 3_980);
      for (const requestsPerMinute of [5, 12, 30]) {
        const account = { requestsPerMinute, minutes, wayMs, pace: recalled(requestsPerMinute) };
        const { refusedMs } = ask(account, (_answered, elapsedMs) => elapsedMs >= 55 * MINUTE_MS);
        expect(refusedMs).toEqual([]);
      }
    },
  );

  test("is found out in the second minute where another program had used up a part of the first", () => {
    const sentBeforeMs = Array.from({ length: 40 }, (_, i) => 30_000 - i);
    const { pace, refusedMs } = ask(
      { requestsPerMinute: 50, sentBeforeMs },
      (_, elapsedMs) => elapsedMs >= 3 * MINUTE_MS,
    );
    expect(refusedMs).toHaveLength(2);
    expect(pace.learned(START_MS + 3 * MINUTE_MS)?.requestsPerMinute).toBe(50);
  });

  test.each([
    ["too high", 65],
    ["much too high", 500],
  ])("heals within minutes where it was remembered %s", (_, requestsPerMinute) => {
    const account = { requestsPerMinute: 50, pace: recalled(requestsPerMinute) };
    const { answered, refusedMs } = ask(account, (_answered, elapsedMs) => elapsedMs >= 20 * MINUTE_MS);
    expect(refusedMs.length).toBeLessThanOrEqual(2);
    expect(answered).toBeGreaterThan(0.93 * 50 * 20);
  });

  test("heals where answers are slow and twice as many as Duo allows fit into a minute around the end of Duo's", () => {
    const account = { requestsPerMinute: 60, minutes: "fixed" as const, phaseMs: 30_000, wayMs: () => 250 };
    const { answered, refusedMs } = ask(account, (_answered, elapsedMs) => elapsedMs >= 55 * MINUTE_MS);
    expect(refusedMs.length).toBeLessThanOrEqual(12);
    expect(answered).toBeGreaterThan(0.8 * 60 * 55);
  });

  test("heals after an hour where it was remembered too low", () => {
    const account = { requestsPerMinute: 50, pace: recalled(10) };
    const { answered } = ask(account, (_answered, elapsedMs) => elapsedMs >= 180 * MINUTE_MS);
    expect(answered).toBeGreaterThan(10 * 60 + 0.97 * 50 * 120);
  });

  test("is no more than a program found out itself", () => {
    const { pace } = ask({ requestsPerMinute: 20 }, (_, elapsedMs) => elapsedMs >= 5 * MINUTE_MS);
    const nowMs = START_MS + 5 * MINUTE_MS;
    pace.recall({ requestsPerMinute: 700, atMs: nowMs }, nowMs);
    expect(pace.learned(nowMs)?.requestsPerMinute).toBe(20);
  });

  test("lets a live request wait for at most twelve seconds behind those that used the minute up", () => {
    const { sentMs } = ask(
      { requestsPerMinute: 50, pace: recalled(50) },
      (_, elapsedMs) => elapsedMs >= 30 * MINUTE_MS,
    );
    const gapsMs = sentMs.slice(1).map((atMs, i) => atMs - (sentMs[i] as number));
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(13_000);
  });

  test("tells when those that wait behind many others go out", () => {
    const pace = recalled(5);
    for (let i = 0; i < 3; i += 1) {
      pace.take(START_MS);
      pace.succeeded(START_MS);
    }
    const inMinutes = (aheadCount: number): number =>
      Math.floor((pace.slotMs(START_MS, aheadCount) - START_MS) / MINUTE_MS);
    expect([0, 1, 2, 6, 7, 12].map(inMinutes)).toEqual([0, 0, 1, 1, 2, 3]);
  });
});

test.each([2, 10, 50, 200])(
  "of %i requests a minute that Duo allows, 95 in 100 are used over four hours, with few refusals",
  (requestsPerMinute) => {
    const wayMs = (): number => 25;
    const { answered, refusedMs } = ask(
      { requestsPerMinute, wayMs },
      (_, elapsedMs) => elapsedMs >= 240 * MINUTE_MS,
    );
    expect(answered / (240 * requestsPerMinute)).toBeGreaterThan(0.95);
    expect(refusedMs.length).toBeLessThan(Math.max(12, answered / 1.9));
  },
);

test("a limit that was lifted is noticed within the hour", () => {
  const { pace } = ask({ requestsPerMinute: 10 }, (_, elapsedMs) => elapsedMs >= 5 * MINUTE_MS);
  let nowMs = START_MS + 5 * MINUTE_MS;
  expect(pace.ratePerSecond(nowMs)).toBeCloseTo(10 / 60);
  nowMs += 61 * MINUTE_MS;
  for (let i = 0; i < 100; i += 1) {
    nowMs = Math.max(nowMs, pace.slotMs(nowMs, 0));
    pace.take(nowMs);
    pace.succeeded(nowMs);
  }
  expect(pace.ratePerSecond(nowMs)).toBe(100);
  expect(pace.learned(nowMs)).toBeUndefined();
});
