import { expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import { backfillOne } from "../../src/backfill-one.ts";
import type { TablePuller } from "../../src/pipeline/table-puller.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type EventTable, type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";

const DAY_MS = 86_400_000;
const ALL: readonly EventTable[] = [
  "auth",
  "admin",
  "telephony",
  "offline_enrollment",
  "activity",
  "trust_monitor",
];

async function pullersOf(app: App): Promise<readonly TablePuller[]> {
  const accounts = await Promise.all(app.sources.map((source) => source.accounts()));
  return accounts.flat().flatMap(({ pullers }) => pullers);
}

async function pullAndBackfill(harness: Harness, days: number): Promise<App> {
  const app = await harness.start();
  await pullAll(app, { sources: app.sources, wants: () => true });
  for (const puller of await pullersOf(app)) await backfillOne(app, puller, { sinceAgoMs: days * DAY_MS });
  return app;
}

test("a backfill brings the whole history of every table, and a second one finds nothing to do", async () => {
  await using harness = await startHarness({
    tables: [...ALL, "summary"],
    simulator: { users: 40, days: 12, trustMonitorChangeShare: 0 },
  });
  const app = await pullAndBackfill(harness, 10);
  for (const table of ALL)
    expect({ table, ...(await harness.difference(table)) }).toEqual({ table, ...NO_DIFFERENCE });
  const oldest = await harness.ask("SELECT min(ts) AS ts FROM duo_auth");
  expect(Date.parse(String(oldest[0]?.["ts"]))).toBeLessThan(harness.clock.nowMs() - 9 * DAY_MS);
  harness.simulator.ledger.clearRequests();
  for (const puller of await pullersOf(app)) {
    const report = await backfillOne(app, puller, { sinceAgoMs: 10 * DAY_MS });
    expect(report?.leftMs ?? 0).toBe(0);
  }
  expect(harness.simulator.ledger.requests()).toEqual([]);
});

test("a backfill goes from the newest slice to the oldest, with at most 5 % more requests than its events fill pages", async () => {
  await using harness = await startHarness({
    tables: ["auth"],
    simulator: { users: 100, days: 16, eventsPerDay: { authentication: 3_000 } },
  });
  const app = await harness.start();
  await pullAll(app, { sources: app.sources, wants: () => true });
  const [puller] = await pullersOf(app);
  const slices = new Set<number>();
  const report = await backfillOne(app, puller as TablePuller, {
    sinceAgoMs: 15 * DAY_MS,
    onProgress: ({ slice }) => slice && slices.add(slice.toMs),
  });
  expect(slices.size).toBeGreaterThan(1);
  expect([...slices]).toEqual([...slices].toSorted((a, b) => b - a));
  const { fetched, duplicates } = report?.counts ?? { fetched: 0, duplicates: 1 };
  expect(duplicates).toBe(0);
  expect(fetched).toBeGreaterThan(20_000);
  expect(report?.requestCount).toBeLessThanOrEqual(Math.ceil(fetched / 1000) * 1.05);
});
