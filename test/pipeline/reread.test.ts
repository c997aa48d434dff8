import { describe, expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import { type RangeReread, rereadRange } from "../../src/pipeline/reread-range.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { pullAll } from "../../src/pull-all.ts";
import {
  EVENT_TABLES,
  type EventTable,
  type Harness,
  NO_DIFFERENCE,
  startHarness,
} from "../support/pull-harness.ts";
import { pullerOf, pullersOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUIET = { users: 10, days: 3, attacks: false };

function pull(app: App): Promise<TableResult[]> {
  return pullAll(app, { sources: app.sources, wants: () => true });
}

/** Pulls every few hours as a daemon does: what is due to be read again is read at the same time as the next pull. */
async function live(
  harness: Harness,
  app: App,
  { stepHours, stepCount }: { readonly stepHours: number; readonly stepCount: number },
): Promise<readonly RangeReread[]> {
  const rereads: RangeReread[] = [];
  for (let step = 0; step < stepCount; step += 1) {
    harness.simulator.clock.advance(stepHours * HOUR_MS);
    const due = (await pullersOf(app)).map((puller) => puller.rereadDue({}));
    const [results, found] = await Promise.all([pull(app), Promise.all(due)]);
    expect(results.flatMap(({ error }) => error ?? [])).toEqual([]);
    rereads.push(...found.filter((reread) => reread !== undefined));
  }
  return rereads;
}

async function cursorOf(app: App, table: string): Promise<Record<string, string>> {
  const found = await app.lake.load(`duo_${table}`);
  return JSON.parse(found?.properties["duolake.cursor"] ?? "{}") as Record<string, string>;
}

/** Makes Duo show some sign-ins only now that are hours old. */
function deliverLate(harness: Harness, { count, agoMs }: { count: number; agoMs: number }): void {
  const [usual] = harness.simulator.ledger.expected("authentication_v2");
  const atMs = harness.clock.nowMs() - agoMs;
  const events = Array.from({ length: count }, (_, index) => ({
    ...usual,
    txid: `late-${agoMs}-${index}`,
    timestamp: Math.floor(atMs / 1000),
    isotimestamp: new Date(atMs).toISOString().replace("Z", "+00:00"),
  }));
  harness.simulator.inject("authentication_v2", events, { visibleAtMs: 0 });
}

describe("rereadDue", () => {
  // The last step of each run is the one in which the day or the week is read again.
  test.each([
    { words: "fifteen hours", upToMs: 15 * HOUR_MS, stepHours: 1, stepCount: 1 + 24 },
    { words: "six days", upToMs: 6 * DAY_MS, stepHours: 12, stepCount: 2 * 13 },
  ])(
    "brings what Duo delivers up to $words late, beside live pulls that never start again",
    async ({ upToMs, ...steps }) => {
      const tables: readonly EventTable[] = ["auth", "admin"];
      await using harness = await startHarness({
        tables,
        simulator: { ...QUIET, lateDelivery: { share: 0.2, upToMs } },
      });
      const app = await harness.start();
      await pull(app);
      const rereads = await live(harness, app, steps);
      await pull(app);
      for (const table of tables) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
      expect(rereads.reduce((sum, { healed }) => sum + healed, 0)).toBeGreaterThan(2);
    },
    60_000,
  );

  test("that finds nothing commits its note and nothing else, and is not due again", async () => {
    await using harness = await startHarness({ tables: EVENT_TABLES, simulator: QUIET });
    const app = await harness.start();
    await pull(app);
    harness.simulator.clock.advance(HOUR_MS);
    await pull(app);
    const before = await cursorOf(app, "auth");
    const snapshotId = (await app.lake.load("duo_auth"))?.snapshotId;
    const puller = await pullerOf(app, "auth");
    const found = await puller.rereadDue({});
    expect(found).toMatchObject({ healed: 0, rejected: 0, stream: "authentication_v2" });
    expect(found?.expected).toBeGreaterThan(10);
    const after = await cursorOf(app, "auth");
    expect(before["day_reread"]).toBeUndefined();
    expect(harness.clock.nowMs() - Date.parse(after["day_reread"] ?? "")).toBeLessThan(60_000);
    expect({ ...after, day_reread: undefined, commit: "" }).toEqual({ ...before, commit: "" });
    expect((await app.lake.load("duo_auth"))?.snapshotId).toBe(snapshotId);
    harness.simulator.ledger.clearRequests();
    expect(await puller.rereadDue({})).toBeUndefined();
    expect(harness.simulator.ledger.requests()).toEqual([]);
  });

  test("lets a pull of the same table go on that begins in its midst, and another program's", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await harness.start();
    await pull(app);
    harness.simulator.clock.advance(2 * HOUR_MS);
    await pull(app);
    deliverLate(harness, { count: 5, agoMs: 10 * HOUR_MS });
    const pulls: Promise<TableResult[]>[] = [];
    const puller = await pullerOf(app, "auth");
    const found = await puller.rereadDue({
      onPage: () => {
        if (pulls.length === 0) pulls.push(pull(app), harness.pull());
      },
    });
    const results = (await Promise.all(pulls)).flat();
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(found?.healed).toBe(5);
    harness.simulator.clock.advance(HOUR_MS);
    expect((await pull(app)).map(({ error }) => error)).toEqual([undefined]);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("reads nothing of a gauge, and nothing before a first pull has created the table", async () => {
    await using harness = await startHarness({ tables: ["auth", "summary"], simulator: QUIET });
    const app = await harness.start();
    for (const puller of await pullersOf(app)) expect(await puller.rereadDue({})).toBeUndefined();
    expect(await app.lake.list()).toEqual([]);
    expect(harness.simulator.ledger.requests()).toEqual([]);
  });
});

describe("rereadRange", () => {
  test("reaches as far back as the backfill has come, and no further", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: { ...QUIET, days: 6 } });
    const app = await harness.start();
    await pull(app);
    const puller = await pullerOf(app, "auth");
    const nowMs = harness.clock.nowMs();
    const wanted = { fromMs: nowMs - 5 * DAY_MS, toMs: nowMs };
    deliverLate(harness, { count: 3, agoMs: 3 * DAY_MS });
    const narrow = await rereadRange(puller.context, wanted, {});
    expect(narrow?.range.fromMs).toBe(Date.parse((await cursorOf(app, "auth"))["start"] ?? ""));
    expect(narrow?.healed).toBe(0);
    await puller.backfill({ sinceMs: nowMs - 4 * DAY_MS });
    deliverLate(harness, { count: 4, agoMs: 3 * DAY_MS - 1 });
    const wide = await rereadRange(puller.context, wanted, {});
    expect(wide?.range.fromMs).toBe(Math.ceil((nowMs - 4 * DAY_MS) / 1000) * 1000);
    expect(wide?.healed).toBe(4);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("a clock that goes wrong before a backfill and before a re-read is found out, and nothing is lost", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: { ...QUIET, days: 6 } });
    let skewMs = 0;
    const clock = { ...harness.clock, nowMs: () => harness.clock.nowMs() + skewMs };
    const app = await harness.start({ clock });
    await pull(app);
    const puller = await pullerOf(app, "auth");
    const sinceMs = harness.clock.nowMs() - 4 * DAY_MS;
    deliverLate(harness, { count: 2, agoMs: 9 * HOUR_MS });
    skewMs = -2 * HOUR_MS;
    expect(await puller.backfill({ sinceMs })).toMatchObject({ leftMs: 0 });
    skewMs = 3 * HOUR_MS;
    const found = await rereadRange(puller.context, { fromMs: sinceMs, toMs: harness.clock.nowMs() }, {});
    expect(found?.healed).toBe(2);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("keeps an event without a time once, whoever stores it, and asks again for a dead letter in vain", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await harness.start();
    await pull(app);
    harness.simulator.clock.advance(12 * HOUR_MS);
    await pull(app);
    const atMs = harness.clock.nowMs() - 8 * HOUR_MS;
    const timeless = { txid: "timeless", isotimestamp: "soon", timestamp: null };
    harness.simulator.inject("authentication_v2", [timeless], { atMs, visibleAtMs: 0 });
    harness.simulator.inject("authentication_v2", ["no object"] as never, { atMs, visibleAtMs: 0 });
    const puller = await pullerOf(app, "auth");
    const range = { fromMs: 0, toMs: harness.clock.nowMs() };
    const other = await pullerOf(await harness.start(), "auth");
    const both = await Promise.all([
      rereadRange(puller.context, range, {}),
      rereadRange(other.context, range, {}),
    ]);
    const sum = (what: "healed" | "rejected"): number =>
      both.reduce((total, found) => total + (found?.[what] ?? 0), 0);
    expect([sum("healed"), sum("rejected")]).toEqual([1, 1]);
    harness.simulator.clock.advance(HOUR_MS);
    expect(await rereadRange(puller.context, range, {})).toMatchObject({ healed: 0, rejected: 0 });
    await pull(app);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });
});
