import { expect, test } from "vitest";
import { backfillOne } from "../../src/backfill-one.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type Harness, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const DAY_MS = 86_400_000;
const PAGES_PER_DAY = 6;
/** What is left for a second program, days. */
const REST_DAYS = 4;

/** One program pulls and backfills; gives the pages that its events fill, the time it took and the 429s that it met. */
async function run(
  harness: Harness,
  days: number,
): Promise<{ readonly pageCount: number; readonly elapsedMs: number; readonly refusedCount: number }> {
  harness.simulator.ledger.clearRequests();
  const startMs = harness.clock.nowMs();
  const app = await harness.start();
  // The pull before uses up some of the first minute.
  const [pulled] = await pullAll(app, { sources: app.sources, wants: () => true });
  const report = await backfillOne(app, await pullerOf(app, "auth"), { sinceAgoMs: days * DAY_MS });
  expect(report?.leftMs ?? 0).toBe(0);
  expect(report?.counts.duplicates).toBe(0);
  const eventCount = (pulled?.appended ?? 0) + (report?.counts.fetched ?? 0);
  return {
    pageCount: Math.ceil(eventCount / 1000),
    elapsedMs: harness.clock.nowMs() - startMs,
    refusedCount: harness.simulator.ledger.requests().filter(({ status }) => status === 429).length,
  };
}

// Up to a hundred thousand events: the simulator needs longer to make them than the backfill to store them.
test.each([
  { pages: 102, requestsPerMinute: 50, minutes: "sliding" },
  { pages: 60, requestsPerMinute: 60, minutes: "fixed" },
  { pages: 30, requestsPerMinute: 10, minutes: "fixed" },
] as const)(
  "a backfill of $pages pages takes at most 5 % longer than $requestsPerMinute requests in $minutes minutes make necessary, found out or remembered",
  async ({ pages, requestsPerMinute, minutes }) => {
    const days = pages / PAGES_PER_DAY;
    await using harness = await startHarness({
      tables: ["auth"],
      simulator: {
        users: 300,
        days: days + REST_DAYS + 1,
        eventsPerDay: { authentication: PAGES_PER_DAY * 1000 },
        rateLimit: { requestsPerMinute, minutes },
      },
    });
    const necessaryMs = (pageCount: number): number => (pageCount / requestsPerMinute) * 60_000;
    const first = await run(harness, days);
    expect(first.pageCount).toBeGreaterThan(0.8 * pages);
    expect(first.elapsedMs / necessaryMs(first.pageCount)).toBeLessThanOrEqual(1.05);
    harness.simulator.clock.advance(3_600_000);
    const second = await run(harness, days + REST_DAYS);
    expect(second.pageCount).toBeGreaterThan(0.8 * REST_DAYS * PAGES_PER_DAY);
    expect(second.refusedCount).toBe(0);
    expect(second.elapsedMs / necessaryMs(second.pageCount)).toBeLessThanOrEqual(1.05);
  },
  240_000,
);
