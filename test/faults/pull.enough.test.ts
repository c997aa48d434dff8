import { describe, expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import { backfillOne } from "../../src/backfill-one.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { pullAll } from "../../src/pull-all.ts";
import {
  type Difference,
  type EventTable,
  type Harness,
  NO_DIFFERENCE,
  startHarness,
} from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";
import { stopping } from "../support/stop-after.ts";

const DAY_MS = 86_400_000;
const BUSY = {
  users: 40,
  days: 3,
  eventsPerDay: { authentication: 3_000, administrator: 3_000, telephony: 3_000 },
};

async function pull(app: App, enough?: AbortSignal): Promise<TableResult> {
  const [result] = await pullAll(app, { sources: app.sources, wants: () => true, enough });
  return result as TableResult;
}

/** Compares after one more pull: those that read many pages have taken time themselves. */
async function finalDifference(harness: Harness, table: EventTable): Promise<Difference> {
  await pull(await harness.start());
  return harness.difference(table);
}

async function rowCount(harness: Harness, table: string): Promise<number> {
  return (await harness.originals(table)).length;
}

describe("enough", () => {
  test.each<{ readonly table: EventTable; readonly when: "answered" | "asked" }>([
    { table: "auth", when: "answered" },
    { table: "auth", when: "asked" },
    { table: "admin", when: "answered" },
    { table: "telephony", when: "asked" },
  ])(
    "in the middle of a pull of $table ($when) commits the whole pages, and the next pulls go on",
    async ({ table, when }) => {
      await using way = stopping();
      await using harness = await startHarness({ tables: [table], simulator: BUSY, http: way.http });
      const counts: number[] = [];
      for (let step = 0; step < 2; step += 1) {
        const result = await pull(await harness.start(), way.after(2, when));
        expect(result).toMatchObject({ error: undefined, skipped: undefined, isUnfinished: true });
        counts.push(await rowCount(harness, table));
      }
      expect(counts[0]).toBeGreaterThanOrEqual(1_000);
      expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
      way.after(Infinity);
      expect(await pull(await harness.start())).toMatchObject({ error: undefined, isUnfinished: undefined });
      expect(await finalDifference(harness, table)).toEqual(NO_DIFFERENCE);
    },
    120_000,
  );

  test("lets the same program go on with what it remembers", async () => {
    await using way = stopping();
    await using harness = await startHarness({ tables: ["auth"], simulator: BUSY, http: way.http });
    const app = await harness.start();
    const first = await pull(app, way.after(2));
    way.after(Infinity);
    const second = await pull(app);
    expect(first.isUnfinished).toBe(true);
    expect(second).toMatchObject({ error: undefined, isUnfinished: undefined });
    expect(await finalDifference(harness, "auth")).toEqual(NO_DIFFERENCE);
  }, 120_000);

  test("before the first page commits nothing, also where another stream would take over", async () => {
    await using way = stopping();
    await using harness = await startHarness({
      tables: ["telephony"],
      simulator: { ...BUSY, retired: { telephony_v2: 404 } },
      http: way.http,
    });
    const result = await pull(await harness.start(), way.after(2));
    expect(result).toMatchObject({ error: undefined, isUnfinished: true, appended: 0 });
    const { lake } = await harness.start();
    const cursor = (await lake.load("duo_telephony"))?.properties["duolake.cursor"] ?? "";
    expect(cursor).toContain("telephony_v2");
    way.after(Infinity);
    expect(await pull(await harness.start())).toMatchObject({ error: undefined, stream: "telephony_v1" });
    expect(await finalDifference(harness, "telephony")).toEqual(NO_DIFFERENCE);
  }, 120_000);

  test.each<EventTable>(["auth", "admin"])(
    "in the middle of a backfill of %s records what was read, which is not asked for again",
    async (table) => {
      await using way = stopping();
      await using harness = await startHarness({ tables: [table], simulator: BUSY, http: way.http });
      await pull(await harness.start());
      const lefts: number[] = [];
      let requestCount = 0;
      for (let step = 0; step < 40; step += 1) {
        const puller = await pullerOf(await harness.start(), table);
        const enough = way.after(2, step % 2 === 0 ? "answered" : "asked");
        const report = await backfillOne(await harness.start(), puller, { sinceAgoMs: 2 * DAY_MS, enough });
        lefts.push(report?.leftMs ?? 0);
        requestCount += report?.requestCount ?? 0;
        if (report?.leftMs === 0) break;
      }
      way.after(Infinity);
      expect(lefts.at(-1)).toBe(0);
      expect(lefts.length).toBeGreaterThan(2);
      expect(lefts).toEqual([...new Set(lefts)].sort((a, b) => b - a));
      expect(await finalDifference(harness, table)).toEqual(NO_DIFFERENCE);
      const rows = await rowCount(harness, table);
      expect(requestCount).toBeLessThan(rows / 1_000 + 2 * lefts.length);
    },
    120_000,
  );

  test("in the middle of a re-read notes how far it came, and the next one goes on there", async () => {
    await using way = stopping();
    await using harness = await startHarness({ tables: ["auth"], simulator: BUSY, http: way.http });
    await pull(await harness.start());
    harness.simulator.clock.advance(DAY_MS);
    await pull(await harness.start());
    const froms: number[] = [];
    let isCut = true;
    for (let step = 0; isCut && step < 20; step += 1) {
      const puller = await pullerOf(await harness.start(), "auth");
      const found = await puller.rereadDue({ enough: way.after(2) });
      froms.push(found?.range.fromMs ?? 0);
      isCut = found?.isCut ?? false;
    }
    expect(froms.length).toBeGreaterThan(2);
    expect(froms).toEqual([...new Set(froms)].sort((a, b) => a - b));
    way.after(Infinity);
    const puller = await pullerOf(await harness.start(), "auth");
    expect(await puller.rereadDue({})).toBeUndefined();
    const cursor = (await puller.context.lake.load("duo_auth"))?.properties["duolake.cursor"] ?? "";
    expect(cursor).toContain("day_reread");
    expect(cursor).not.toContain("rereading");
    expect(await finalDifference(harness, "auth")).toEqual(NO_DIFFERENCE);
  }, 120_000);
});
