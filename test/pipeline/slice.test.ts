import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nextSlice } from "../../src/pipeline/slice.ts";
import type { Range } from "../../src/pipeline/ranges.ts";

const DAY_MS = 86_400_000;
const HISTORY: Range = { fromMs: 0, toMs: 179 * DAY_MS };

/** How many requests a backfill of evenly spread events makes, a page holding 1,000. */
function requestsOf(eventsPerDay: number): { readonly requests: number; readonly events: number } {
  let last = { eventCount: eventsPerDay, lengthMs: DAY_MS };
  let open = HISTORY;
  let requests = 0;
  while (open.toMs > open.fromMs) {
    const slice = nextSlice(open, { last, pageRowCount: 1000 });
    const lengthMs = slice.toMs - slice.fromMs;
    const eventCount = Math.round((eventsPerDay * lengthMs) / DAY_MS);
    requests += Math.max(1, Math.ceil(eventCount / 1000));
    last = { eventCount, lengthMs };
    open = { fromMs: open.fromMs, toMs: slice.fromMs };
  }
  return { requests, events: 179 * eventsPerDay };
}

test.each([5_000, 20_000, 100_000, 1_000_000])(
  "a backfill of %i events a day makes at most 5 % more requests than its events fill pages",
  (eventsPerDay) => {
    const { requests, events } = requestsOf(eventsPerDay);
    expect(requests).toBeLessThanOrEqual(Math.ceil(events / 1000) * 1.05);
  },
);

test.each([0, 1, 30, 300])(
  "a quiet account with %i events a day is done in a few requests",
  (eventsPerDay) => {
    const { requests, events } = requestsOf(eventsPerDay);
    expect(requests).toBeLessThanOrEqual(Math.ceil(events / 1000) + 6);
  },
);

test("a slice is the newest part of what is open, at whole seconds, and never empty", () => {
  const seconds = fc.integer({ min: 0, max: 180 * 86_400 });
  fc.assert(
    fc.property(seconds, seconds, fc.nat(10 ** 7), fc.nat(10 ** 9), (from, length, eventCount, lengthMs) => {
      const open = { fromMs: from * 1000, toMs: (from + length + 1) * 1000 };
      const slice = nextSlice(open, { last: { eventCount, lengthMs }, pageRowCount: 1000 });
      expect(slice.toMs).toBe(open.toMs);
      expect(slice.fromMs).toBeGreaterThanOrEqual(open.fromMs);
      expect(slice.fromMs).toBeLessThan(slice.toMs);
      expect(slice.fromMs % 1000).toBe(0);
    }),
  );
});
