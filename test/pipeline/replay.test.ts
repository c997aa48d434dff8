import { describe, expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Mapped } from "../../src/duo/tables/table.ts";
import { replayRows } from "../../src/pipeline/replay-rows.ts";
import type { TableContext } from "../../src/pipeline/table-context.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";
import { remapped, type Remapping } from "../support/remapped.ts";

const HOUR_MS = 3_600_000;
const QUIET = { users: 20, days: 3, attacks: false };

function withReason(mapped: Mapped & { readonly kind: "row" }): Mapped {
  const event = mapped.row["event"] as JsonObject;
  return {
    ...mapped,
    row: { ...mapped.row, event: { ...event, reason: "mended", hash: "?", original: "?" } },
  };
}

const isDenied = (event: JsonObject): boolean => event["result"] === "denied";
const mendDenied: Remapping = (mapped, event) => (isDenied(event) ? withReason(mapped) : mapped);

async function contextOf(app: App, table = "auth"): Promise<TableContext> {
  return (await pullerOf(app, table)).context;
}

async function pulled(harness: Harness): Promise<App> {
  const app = await harness.start();
  await pullAll(app, { sources: app.sources, wants: () => true });
  return app;
}

async function count(harness: Harness, from: string): Promise<number> {
  const [row] = await harness.ask(`SELECT CAST(count(*) AS INT) AS count FROM ${from}`);
  return Number(row?.["count"]);
}

describe("replayRows", () => {
  test("gives stored events the mended mapping; identity, time of fetch and raw event stay, and all other rows", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    const all = `SELECT * FROM duo_auth ORDER BY event.hash`;
    const before = await harness.ask(all);
    const denied = before.filter((row) => {
      const { original } = row["event"] as { original: string };
      return isDenied(JSON.parse(original) as JsonObject);
    });
    expect(denied.length).toBeGreaterThan(2);
    harness.simulator.clock.advance(HOUR_MS);
    const context = remapped(await contextOf(app), mendDenied);

    const dry = await replayRows(context, { isDryRun: true });
    expect(dry).toMatchObject({ rowCount: before.length, changedCount: denied.length, keptCount: 0 });
    expect(await harness.ask(all)).toEqual(before);

    expect(await replayRows(context, {})).toMatchObject({ changedCount: denied.length, keptCount: 0 });
    const expected = before.map((row) =>
      denied.includes(row) ? { ...row, event: { ...(row["event"] as object), reason: "mended" } } : row,
    );
    expect(await harness.ask(all)).toEqual(expected);

    const snapshotId = (await app.lake.load("duo_auth"))?.snapshotId;
    expect(await replayRows(context, {})).toMatchObject({ rowCount: before.length, changedCount: 0 });
    expect((await app.lake.load("duo_auth"))?.snapshotId).toBe(snapshotId);
  });

  test.each(["admin", "offline_enrollment", "telephony", "activity", "trust_monitor", "summary"])(
    "with the mapping that stored them leaves every row of %s as it is",
    async (table) => {
      await using harness = await startHarness({
        tables: [table],
        simulator: { ...QUIET, eventsPerDay: { telephony: 60, offlineEnrollment: 40 } },
      });
      const app = await pulled(harness);
      const { rowCount, changedCount, reasons } = await replayRows(await contextOf(app, table), {});
      expect(rowCount).toBeGreaterThan(0);
      expect([changedCount, reasons.size]).toEqual([0, 0]);
    },
  );

  test("maps rows of both logs of a table by the log that they came from", async () => {
    await using harness = await startHarness({ tables: ["admin"], simulator: QUIET });
    const app = await pulled(harness);
    harness.simulator.clock.advance(HOUR_MS);
    harness.simulator.retire("administrator_v1", { status: 410 });
    harness.simulator.clock.advance(12 * HOUR_MS);
    const [result] = await pullAll(app, { sources: app.sources, wants: () => true });
    expect(result).toMatchObject({ stream: "activity_v2", error: undefined });
    expect(result?.appended).toBeGreaterThan(0);
    expect(await replayRows(await contextOf(app, "admin"), {})).toMatchObject({
      changedCount: 0,
      keptCount: 0,
    });
  });

  test("goes on beside pulls and beside another replay", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    harness.simulator.clock.advance(3 * HOUR_MS);
    const other = await harness.start();
    const contexts = [await contextOf(app), await contextOf(other)];
    const [first, second, results] = await Promise.all([
      replayRows(remapped(contexts[0] as TableContext, withReason), {}),
      replayRows(remapped(contexts[1] as TableContext, withReason), {}),
      harness.pull(),
    ]);
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    expect(first.rowCount).toBeGreaterThan(0);
    expect(second.rowCount).toBeGreaterThan(0);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
    await replayRows(remapped(contexts[0] as TableContext, withReason), {});
    expect(await count(harness, "duo_auth WHERE event.reason = 'mended'")).toBe(
      await count(harness, "duo_auth"),
    );
  });

  test("leaves the file of an event alone that cannot be mapped now, says why, and mends the others", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    const files = (await (await app.lake.load("duo_auth"))?.files()) ?? [];
    expect(files.length).toBe(2);
    const sizes = files
      .toSorted((a, b) => (a.tsMinUs ?? 0) - (b.tsMinUs ?? 0))
      .map(({ rowCount }) => rowCount);
    const [oldest] = await harness.ask(`SELECT event.original AS original FROM duo_auth ORDER BY ts LIMIT 1`);
    const bad = (JSON.parse(String(oldest?.["original"])) as JsonObject)["txid"];
    const context = remapped(await contextOf(app), (mapped, event) =>
      event["txid"] === bad ? { kind: "rejected", reason: "made_up" } : withReason(mapped),
    );
    const replay = await replayRows(context, {});
    expect(replay).toMatchObject({
      keptCount: sizes[0],
      changedCount: sizes[1],
      rowCount: (sizes[0] ?? 0) + (sizes[1] ?? 0),
    });
    expect([...replay.reasons]).toEqual([["made_up", 1]]);
    expect(await count(harness, "duo_auth WHERE event.reason = 'mended'")).toBe(sizes[1]);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("maps only the files again that hold a row of the time asked for", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    const sinceMs = Math.floor(harness.clock.nowMs() / 86_400_000) * 86_400_000;
    const young = await count(harness, `duo_auth WHERE ts >= '${new Date(sinceMs).toISOString()}'`);
    const replay = await replayRows(remapped(await contextOf(app), withReason), { sinceMs });
    expect(replay).toMatchObject({ rowCount: young, changedCount: young });
    expect(young).toBeLessThan(await count(harness, "duo_auth"));
  });

  test("fills a column that the table lacked, and adds none in a dry run", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const app = await pulled(harness);
    const plain = await contextOf(app);
    const context: TableContext = {
      ...remapped(plain, (mapped) => ({ ...mapped, row: { ...mapped.row, verdict: "fine" } })),
      columns: [...plain.columns, { name: "verdict", type: "string", doc: "What we think." }],
    };
    await replayRows(context, { isDryRun: true });
    const columns = async (): Promise<unknown> =>
      (await app.lake.load("duo_auth"))?.columns.some(({ name }) => name === "verdict");
    expect(await columns()).toBe(false);
    const { rowCount, changedCount } = await replayRows(context, {});
    expect(changedCount).toBe(rowCount);
    expect(await count(harness, "duo_auth WHERE verdict = 'fine'")).toBe(rowCount);
  });
});
