import { describe, expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import type { CheckedHour } from "../../src/pipeline/completeness.ts";
import { type Verification, verify } from "../../src/pipeline/verify.ts";
import {
  EVENT_TABLES,
  type Harness,
  NO_DIFFERENCE,
  STREAM_OF,
  startHarness,
} from "../support/pull-harness.ts";
import { pullAll } from "../../src/pull-all.ts";
import { pullerOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUIET = { users: 20, days: 3, attacks: false };

async function pulled(harness: Harness): Promise<App> {
  const app = await harness.start();
  await pullAll(app, { sources: app.sources, wants: () => true });
  return app;
}

async function verified(app: App, table: string, sinceMs = 0): Promise<Verification> {
  const found = await verify((await pullerOf(app, table)).context, { sinceMs });
  if (found === undefined) throw new Error("nothing was compared");
  return found;
}

function sum({ hours }: Verification, what: "expected" | "present" | "healed" | "missing"): number {
  return hours.reduce((total, hour) => total + hour[what], 0);
}

function hourOf({ hours }: Verification, atMs: number): CheckedHour | undefined {
  return hours.find(({ hourMs }) => hourMs === Math.floor(atMs / HOUR_MS) * HOUR_MS);
}

/** A sign-in of a given time that Duo shows at once. */
function inject(harness: Harness, atMs: number, more: object = {}): void {
  const [usual] = harness.simulator.ledger.expected("authentication_v2");
  const time = {
    timestamp: Math.floor(atMs / 1000),
    isotimestamp: new Date(atMs).toISOString().replace("Z", "+00:00"),
  };
  const event = { ...usual, ...time, txid: `made-${atMs}`, ...more };
  harness.simulator.inject("authentication_v2", [event], { visibleAtMs: 0 });
}

/** What a foreign hand may do: some file's rows are gone, in a commit of their own. */
async function removeOldestFile(app: App, name: string): Promise<number> {
  const table = await app.lake.load(name);
  const files = (await table?.files()) ?? [];
  const [oldest] = files.toSorted((a, b) => (a.tsMinUs ?? 0) - (b.tsMinUs ?? 0));
  if (oldest === undefined) throw new Error("no file");
  await table?.commit({ removed: [oldest], operation: "overwrite", setProperties: {} });
  return oldest.rowCount;
}

describe("verify", () => {
  test("finds every event of a complete lake, and Duo's counter says the same, hour by hour", async () => {
    await using harness = await startHarness({ tables: EVENT_TABLES, simulator: QUIET });
    const app = await pulled(harness);
    for (const table of EVENT_TABLES) {
      const found = await verified(app, table);
      const { fromMs, toMs } = found.range;
      const { ledger } = harness.simulator;
      const expected = ledger.expected(STREAM_OF[table], { fromMs, toMs: toMs - 1 }).length;
      expect({ table, expected: sum(found, "expected") }).toEqual({ table, expected });
      expect(sum(found, "present")).toBe(expected);
      for (const hour of found.hours) {
        expect(hour).toMatchObject({ missing: 0, healed: 0, present: hour.expected });
        expect(hour.attempts).toBe(table === "auth" ? hour.expected : undefined);
      }
      expect(found.attemptsProblem).toBeUndefined();
      expect(found.hours).toHaveLength(25);
    }
  });

  test.each(["auth", "admin", "telephony"] as const)(
    "puts back what somebody removed from %s, once",
    async (table) => {
      await using harness = await startHarness({
        tables: [table],
        simulator: { ...QUIET, eventsPerDay: { telephony: 60 } },
      });
      const app = await pulled(harness);
      const removed = await removeOldestFile(app, `duo_${table}`);
      expect(removed).toBeGreaterThan(3);
      expect((await harness.difference(table)).lost).toHaveLength(removed);
      const first = await verified(app, table);
      expect(sum(first, "healed")).toBe(removed);
      expect(sum(first, "present")).toBe(sum(first, "expected") - removed);
      expect(sum(first, "missing")).toBe(0);
      expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
      const second = await verified(app, table);
      expect([sum(second, "healed"), sum(second, "missing")]).toEqual([0, 0]);
      expect(sum(second, "present")).toBe(sum(first, "expected"));
    },
  );

  test("counts an event at the first and at the last moment of an hour in that hour", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    const hourMs = Math.floor(harness.clock.nowMs() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS;
    const before = await verified(app, "auth", hourMs - HOUR_MS);
    for (const atMs of [hourMs - 1, hourMs, hourMs + HOUR_MS - 1]) inject(harness, atMs);
    const found = await verified(app, "auth", hourMs - HOUR_MS);
    expect(hourOf(found, hourMs - HOUR_MS)?.healed).toBe(1);
    expect(hourOf(found, hourMs)?.healed).toBe(2);
    expect(hourOf(found, hourMs)?.attempts).toBe((hourOf(before, hourMs)?.attempts ?? 0) + 2);
    expect([sum(found, "healed"), sum(found, "missing")]).toEqual([3, 0]);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("goes without the counter where it is forbidden, and says why", async () => {
    await using harness = await startHarness({
      tables: ["auth"],
      simulator: { ...QUIET, permissions: ["Grant read log"] },
    });
    const app = await pulled(harness);
    const found = await verified(app, "auth");
    expect(found.attemptsProblem).toContain("Grant read information");
    expect(new Set(found.hours.map(({ attempts }) => attempts))).toEqual(new Set([undefined]));
    expect(sum(found, "expected")).toBeGreaterThan(10);
    expect(sum(found, "missing")).toBe(0);
  });

  test("compares no more than the table holds, and fills the hour that was asked for from its beginning", async () => {
    await using harness = await startHarness({ tables: ["auth", "summary"], simulator: QUIET });
    const app = await pulled(harness);
    const nowMs = harness.clock.nowMs();
    const all = await verified(app, "auth", nowMs - 100 * DAY_MS);
    const table = await app.lake.load("duo_auth");
    const { start } = JSON.parse(table?.properties["duolake.cursor"] ?? "{}") as { start: string };
    expect(all.range.fromMs).toBe(Date.parse(start));
    const last = await verified(app, "auth", nowMs - 2 * HOUR_MS);
    expect(last.range.fromMs).toBe(Math.floor((nowMs - 2 * HOUR_MS) / HOUR_MS) * HOUR_MS);
    const summary = await pullerOf(app, "summary");
    expect(await verify(summary.context, { sinceMs: 0 })).toBeUndefined();
  });

  test("two at once put each missing event back once, and count it once", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    const removed = await removeOldestFile(app, "duo_auth");
    const other = await harness.start();
    const both = await Promise.all([verified(app, "auth"), verified(app, "auth"), verified(other, "auth")]);
    expect(both.reduce((total, one) => total + sum(one, "healed"), 0)).toBe(removed);
    for (const one of both) expect(sum(one, "missing")).toBe(0);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("counts a dead letter as present in its hour, however often it is asked", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    let deep: unknown = "end";
    for (let level = 0; level < 120; level += 1) deep = [deep];
    const atMs = Math.floor(harness.clock.nowMs() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS + HOUR_MS / 2;
    inject(harness, atMs - 1_000);
    inject(harness, atMs, { access_device: { deep } });
    const app = await pulled(harness);
    for (const one of [await verified(app, "auth"), await verified(app, "auth")]) {
      expect([sum(one, "healed"), sum(one, "missing")]).toEqual([0, 0]);
      const hour = hourOf(one, atMs);
      expect(hour?.present).toBe(hour?.attempts);
    }
    const letters = await harness.ask(`SELECT CAST(count(*) AS INT) AS count FROM duo_dead_letter`);
    expect(letters).toEqual([{ count: 1 }]);
  });
});
