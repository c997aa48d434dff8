import { describe, expect, test } from "vitest";
import { type Deployment, startDeployment } from "../support/containers.ts";
import { type EventTable, NO_DIFFERENCE } from "../support/pull-harness.ts";
import { createRandom } from "../support/random.ts";
import { type Stopping, stopping } from "../support/stop-after.ts";

const TABLES: readonly EventTable[] = ["auth", "admin"];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DONE = { batchItemFailures: [] };
const simulator = {
  users: 40,
  days: 3,
  attacks: false,
  eventsPerDay: { authentication: 1_500, administrator: 1_200 },
};
const BUSY = { ...simulator, eventsPerDay: { authentication: 4_000, administrator: 2_000 } };

/** After one more quiet tick: pulls that read much have taken time themselves. */
async function expectEqual(deployment: Deployment, tables = TABLES): Promise<void> {
  const { harness } = deployment;
  harness.simulator.clock.advance(300_000);
  expect((await deployment.container().deliver()).answer).toEqual(DONE);
  for (const table of tables) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
}

/** Delivers ticks to cold containers, each stopped after so many requests, until nothing is left; gives what each appended. */
async function tickUntilSettled(
  deployment: Deployment,
  way: Stopping,
  requestCount: number,
): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let isSettled = false; !isSettled && counts.length < 60;) {
    const container = deployment.container({ http: way.http });
    const delivery = await container.deliver({ enough: way.after(requestCount) });
    expect(delivery).toMatchObject({ answer: DONE, counts: { PullSuccess: 1, PullFailure: 0 } });
    counts.push(delivery.counts["RowsAppended"] ?? 0);
    ({ isSettled } = deployment.status());
    deployment.harness.simulator.clock.advance(300_000);
  }
  expect(deployment.status().isSettled).toBe(true);
  return counts;
}

describe("the lake is equal to the ledger", () => {
  test("after a message that is delivered twice, in two containers at once, tick after tick", async () => {
    await using deployment = await startDeployment({ tables: TABLES, simulator });
    const { harness } = deployment;
    const containers = [deployment.container(), deployment.container()];
    for (let tick = 0; tick < 4; tick += 1) {
      const body = JSON.stringify({ sources: ["duo"], time: new Date(harness.clock.nowMs()).toISOString() });
      const deliveries = await Promise.all(containers.map((container) => container.deliver({ body })));
      expect(deliveries.map(({ answer }) => answer)).toEqual([DONE, DONE]);
      harness.simulator.clock.advance(2 * HOUR_MS);
    }
    await expectEqual(deployment);
  }, 240_000);

  test("after ticks that were lost and ticks that came late, all at once", async () => {
    await using deployment = await startDeployment({ tables: TABLES, simulator });
    const { harness } = deployment;
    const random = createRandom(7);
    const late: string[] = [];
    const container = deployment.container();
    for (let tick = 0; tick < 12; tick += 1) {
      const body = JSON.stringify({ sources: ["duo"], time: new Date(harness.clock.nowMs()).toISOString() });
      if (random.chance(1 / 3)) late.push(body);
      else if (random.chance(1 / 2)) await container.deliver({ body });
      harness.simulator.clock.advance(HOUR_MS);
    }
    for (const body of late) expect((await container.deliver({ body })).answer).toEqual(DONE);
    await expectEqual(deployment);
  }, 240_000);

  test("after deadlines in the middle of a large pull: each tick commits what it read and the next goes on", async () => {
    await using way = stopping();
    await using deployment = await startDeployment({ tables: TABLES, simulator: BUSY });
    const counts = await tickUntilSettled(deployment, way, 4);
    expect(counts.filter((count) => count > 500).length).toBeGreaterThan(1);
    await expectEqual(deployment);
  }, 240_000);

  test("after deadlines in the middle of a backfill: a chain of ticks brings it to its end", async () => {
    await using way = stopping();
    const pull = { backfillMs: 2 * DAY_MS };
    await using deployment = await startDeployment({ tables: TABLES, simulator: BUSY, pull });
    const { harness } = deployment;
    const counts = await tickUntilSettled(deployment, way, 7);
    expect(counts.length).toBeGreaterThan(3);
    const [oldest] = await harness.ask("SELECT min(ts) AS ts FROM duo_auth");
    expect(Date.parse(String(oldest?.["ts"]))).toBeLessThan(harness.clock.nowMs() - 40 * HOUR_MS);
    await expectEqual(deployment);
  }, 240_000);

  test("after a day that was read again in parts, and it is noted when it was done", async () => {
    await using way = stopping();
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness } = deployment;
    const container = deployment.container({ http: way.http });
    await container.deliver();
    harness.simulator.clock.advance(DAY_MS + HOUR_MS);
    expect((await tickUntilSettled(deployment, way, 4)).length).toBeGreaterThan(1);
    const { lake } = await harness.start();
    expect((await lake.load("duo_auth"))?.properties["duolake.cursor"]).toContain("day_reread");
    await expectEqual(deployment, ["auth"]);
  }, 240_000);
});

test("a backfill that Duo answers 429 to ends for this tick, and goes on with the next", async () => {
  await using way = stopping();
  const pull = { backfillMs: 2 * DAY_MS };
  await using deployment = await startDeployment({ tables: ["auth"], simulator, pull });
  const { harness } = deployment;
  // The pull of a day takes two requests.
  harness.simulator.faults.add({ kind: "rate_limited", times: 1, skip: 3 });
  const startMs = harness.clock.nowMs();
  const container = deployment.container({ http: way.http });
  const delivery = await container.deliver();
  expect(delivery.answer).toEqual(DONE);
  expect(delivery.counts).toMatchObject({ RateLimited: 1, PullSuccess: 1, PullFailure: 0 });
  expect(harness.clock.nowMs() - startMs).toBeLessThan(60_000);
  expect(deployment.status().isSettled).toBe(false);
  harness.simulator.clock.advance(300_000);
  await container.deliver();
  expect(deployment.status().isSettled).toBe(true);
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 240_000);
