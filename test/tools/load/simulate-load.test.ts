import { describe, expect, test } from "vitest";
import { loadCost } from "../../../tools/load/load-cost.ts";
import { loadPlan } from "../../../tools/load/load-options.ts";
import type { LoadPlan } from "../../../tools/load/load-plan.ts";
import { simulateLoad } from "../../../tools/load/simulate-load.ts";

/** Whole numbers, so that what comes out can be worked out by hand. */
const TIMINGS = {
  coldStartSeconds: 5,
  messageSeconds: 1,
  idleVisitSeconds: 2,
  openSeconds: 3,
  commitSeconds: 1,
  leftAloneSeconds: 0,
  outageVisitSeconds: 8,
  maintainTableSeconds: 1,
};

function plan(options: Parameters<typeof loadPlan>[0], changes: Partial<LoadPlan> = {}): LoadPlan {
  return { ...loadPlan({ hours: "1", news: "0", ...options }), timings: TIMINGS, ...changes };
}

describe("simulateLoad", () => {
  test("one account: a visit with each tick, one cold start, tables opened once", () => {
    const { total } = simulateLoad(plan({ accounts: "1" }));
    expect(total).toMatchObject({ sentCount: 12, invocationCount: 12, coldStartCount: 1, visitCount: 12 });
    expect(total).toMatchObject({ openedCount: 1, commitCount: 0, depthMax: 1, busyMax: 1 });
    expect(total.lambdaSeconds).toBe(5 + 3 + 12 * (1 + 2));
    expect(total.gapSeconds.median).toBe(300);
  });

  test("a container that nobody asked for in ten minutes is gone", () => {
    const { total } = simulateLoad(plan({ accounts: "1", interval: "20" }));
    expect(total).toMatchObject({ invocationCount: 3, coldStartCount: 3, openedCount: 3 });
  });

  test("every table has news: as many commits as visits and tables", () => {
    const { total } = simulateLoad(plan({ accounts: "1", news: "1", tables: "4" }));
    expect(total.commitCount).toBe(48);
    expect(total.lambdaSeconds).toBe(5 + 3 + 12 * (1 + 2 + 4));
  });

  test("above 100 accounts a message names 25 of them", () => {
    const { total } = simulateLoad(plan({ accounts: "110", concurrency: "5" }));
    expect(total).toMatchObject({ sentCount: 60, visitCount: 12 * 110, busyMax: 5 });
  });

  test("more work than containers: accounts are visited as often as can be, and the queue does not grow for ever", () => {
    // 16 shards of 1 + 25 * (2 + 3) = 126 s: two containers come round in 1,008 s.
    const { hours, total } = simulateLoad(plan({ accounts: "400", hours: "8", concurrency: "2" }));
    expect(total.gapSeconds.median).toBeGreaterThan(900);
    expect(total.gapSeconds.max).toBeLessThan(1_400);
    expect(hours[7]?.depthMax).toBeLessThan(16 * 5);
    expect(total.leftAloneCount).toBeGreaterThan(0);
  });

  test("after an outage the backlog is left alone within the hour, and nobody waits longer than before", () => {
    // 40 shards every 300 s: of 13.5 s each they are 1.8 containers, of 188 s in the outage 25.
    const timings = { ...TIMINGS, openSeconds: 0, idleVisitSeconds: 0.5, outageVisitSeconds: 30 };
    const { hours, total, expiredCount } = simulateLoad(
      plan({ accounts: "1000", hours: "6", outage: "1-3", concurrency: "5" }, { timings }),
    );
    expect(hours[2]?.depthMax).toBeGreaterThan(10 * (hours[0]?.depthMax ?? 0));
    expect(hours[4]).toMatchObject({ depthMax: hours[0]?.depthMax, leftAloneCount: 0 });
    expect(hours[5]?.gapSeconds.max).toBeLessThan(600);
    expect(total.gapSeconds.max).toBeGreaterThan(7_200);
    expect(expiredCount).toBe(0);
  });

  test("a killed invocation keeps its accounts waiting for the 24 minutes of its message", () => {
    const faults = { ...loadPlan({}).faults, killShare: 0.05 };
    const { total } = simulateLoad(plan({ accounts: "1", hours: "24" }, { faults }));
    expect(total.gapSeconds.max).toBeGreaterThanOrEqual(1_440);
    expect(total.leftAloneCount).toBeGreaterThan(0);
  });

  test("a tick that is lost makes two intervals one, a tick that comes twice makes no second message", () => {
    const faults = { ...loadPlan({}).faults, lostTickShare: 0.2, repeatedTickShare: 0.5 };
    const { total, deduplicatedCount } = simulateLoad(plan({ accounts: "1", hours: "24" }, { faults }));
    expect(total.sentCount).toBeLessThan(288);
    expect(total.visitCount).toBe(total.sentCount);
    expect(total.gapSeconds.median).toBe(300);
    expect(total.gapSeconds.max).toBeGreaterThanOrEqual(600);
    expect(deduplicatedCount).toBeGreaterThan(0);
  });

  test("the same plan gives the same report, another seed another one", () => {
    const some = { accounts: "30", news: "0.5", kills: "0.02", failures: "0.02" };
    expect(simulateLoad(plan(some))).toEqual(simulateLoad(plan(some)));
    expect(simulateLoad(plan({ ...some, seed: "2" }))).not.toEqual(simulateLoad(plan(some)));
  });
});

test("the cost of one account by hand", () => {
  const one = plan({ accounts: "1", news: "1", tables: "2" });
  const cost = loadCost(one, simulateLoad(one));
  const visits = 12 * 720;
  // 5 + 3 + 12 * (1 + 2 + 2) seconds in each hour, 720 hours.
  expect(cost.lambda).toBeCloseTo(720 * (68 * 0.0000166667 + 12 * 0.2e-6), 6);
  expect(cost.secret).toBeCloseTo(0.4 + visits * 0.000005, 6);
  // A visit writes its status, a commit four objects.
  expect(cost.s3Requests).toBeCloseTo(
    visits * (5e-6 + 0.4e-6) + 2 * visits * (4 * 5e-6 + 0.4e-6) + 720 * 11 * 0.4e-6,
    6,
  );
});

describe("loadPlan", () => {
  test.each([
    [{ accounts: "0" }, "--accounts must be a whole number from 1 to 100000, got 0"],
    [{ news: "2" }, "--news must be a number from 0 to 1, got 2"],
    [{ concurrency: "1" }, "--concurrency must be a whole number from 2 to 1000, got 1"],
    [{ hours: "" }, "--hours must be a whole number from 1 to 168, got "],
    [{ outage: "8-6" }, "--outage must be two hours such as 6-8, got 8-6"],
  ])("%j is refused", (options, text) => {
    expect(() => loadPlan(options)).toThrow(text);
  });
});
