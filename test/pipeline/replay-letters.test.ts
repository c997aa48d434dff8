import { describe, expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { replayLetters } from "../../src/pipeline/replay-letters.ts";
import type { TableContext } from "../../src/pipeline/table-context.ts";
import { createTablePuller } from "../../src/pipeline/table-puller.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";
import { remapped } from "../support/remapped.ts";

const HOUR_MS = 3_600_000;
const QUIET = { users: 20, days: 3, attacks: false };

const isDenied = (event: JsonObject): boolean => event["result"] === "denied";

async function contextOf(app: App, table = "auth"): Promise<TableContext> {
  return (await pullerOf(app, table)).context;
}

async function pulled(harness: Harness): Promise<App> {
  const app = await harness.start();
  await pullAll(app, { sources: app.sources, wants: () => true });
  return app;
}

async function lettersOf(app: App): ReturnType<App["lake"]["load"]> {
  return app.lake.load("duo_dead_letter");
}

async function count(harness: Harness, from: string): Promise<number> {
  const [row] = await harness.ask(`SELECT CAST(count(*) AS INT) AS count FROM ${from}`);
  return Number(row?.["count"]);
}

/** Pulls with a mapping that takes no denied sign-in: each becomes a letter. */
async function pulledBroken(harness: Harness): Promise<{ readonly app: App; readonly denied: number }> {
  const app = await harness.start();
  const broken = remapped(await contextOf(app), (mapped, event) =>
    isDenied(event) ? { kind: "rejected", reason: "made_up" } : mapped,
  );
  const { error, rejected } = await createTablePuller(broken).pull();
  expect(error).toBeUndefined();
  expect(rejected).toBeGreaterThan(2);
  return { app, denied: rejected };
}

describe("replayLetters", () => {
  test("makes each letter a row once and takes it out; what fails still stays", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const atMs = harness.clock.nowMs() - 5 * HOUR_MS;
    harness.simulator.inject("authentication_v2", ["no object"] as never, { atMs });
    const { app, denied } = await pulledBroken(harness);
    const context = await contextOf(app);
    harness.simulator.clock.advance(4 * HOUR_MS);
    const dry = await replayLetters(context, await lettersOf(app), { isDryRun: true });
    expect(dry.replayedCount).toBe(denied - 1);
    expect(await count(harness, "duo_dead_letter")).toBe(denied);

    const replay = await replayLetters(context, await lettersOf(app), {});
    expect(replay).toMatchObject({ letterCount: denied, replayedCount: denied - 1 });
    expect([...replay.reasons]).toEqual([["not_an_object", 1]]);
    expect(await harness.ask("SELECT reason FROM duo_dead_letter")).toEqual([{ reason: "not_an_object" }]);
    const created = await harness.ask(
      "SELECT DISTINCT date_trunc('hour', event.created) AS at FROM duo_auth",
    );
    expect(created).toHaveLength(1);

    const snapshotId = (await lettersOf(app))?.snapshotId;
    const again = await replayLetters(context, await lettersOf(app), {});
    expect(again).toMatchObject({ letterCount: 1, replayedCount: 0 });
    expect((await lettersOf(app))?.snapshotId).toBe(snapshotId);
    await harness.pull();
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("removes a letter whose event has become a row in another way, with or without a time, and adds none", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const atMs = harness.clock.nowMs() - HOUR_MS / 2;
    const isotimestamp = new Date(atMs).toISOString().replace("Z", "+00:00");
    const usual = { result: "denied", factor: "duo_push" };
    const timeless = { ...usual, txid: "timeless", isotimestamp: "soon", timestamp: null };
    harness.simulator.inject("authentication_v2", [{ ...usual, txid: "timed", isotimestamp }, timeless], {
      atMs,
    });
    const { app, denied } = await pulledBroken(harness);
    harness.simulator.clock.advance(600_000);
    // A mended program reads the look-back again: what is in it is a row and a letter now.
    const [result] = await harness.pull();
    expect(result?.appended).toBeGreaterThan(1);
    const rows = await count(harness, "duo_auth");
    const inBoth = await count(harness, "duo_auth WHERE event.hash IN (SELECT hash FROM duo_dead_letter)");
    expect(inBoth).toBeGreaterThan(1);
    const replay = await replayLetters(await contextOf(app), await lettersOf(app), {});
    expect(replay).toMatchObject({ letterCount: denied, replayedCount: denied });
    expect(await count(harness, "duo_dead_letter")).toBe(0);
    expect(await count(harness, "duo_auth")).toBe(rows + denied - inBoth);
    expect(await count(harness, "duo_auth WHERE event.original LIKE '%timeless%'")).toBe(1);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("two at once, beside a pull, bring each letter out once", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const { app } = await pulledBroken(harness);
    harness.simulator.clock.advance(2 * HOUR_MS);
    const letters = await lettersOf(app);
    const other = await harness.start();
    const results = await Promise.all([
      replayLetters(await contextOf(app), letters, {}),
      replayLetters(await contextOf(other), letters, {}),
      harness.pull(),
    ]);
    expect(results[2].map(({ error }) => error)).toEqual([undefined]);
    expect(await count(harness, "duo_dead_letter")).toBe(0);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("keeps the letters of other tables: one event may be a letter of three", async () => {
    const tables = ["admin", "offline_enrollment", "activity"] as const;
    await using harness = await startHarness({
      tables,
      simulator: QUIET,
      source: { adminStream: "activity" },
    });
    const atMs = harness.clock.nowMs() - HOUR_MS;
    harness.simulator.inject("activity_v2", ["no object"] as never, { atMs });
    const app = await pulled(harness);
    const named = `SELECT "table" FROM duo_dead_letter ORDER BY "table"`;
    expect(await harness.ask(named)).toEqual([
      { table: "activity" },
      { table: "admin" },
      { table: "offline_enrollment" },
    ]);
    const context = await contextOf(app, "admin");
    const forgiving: TableContext = {
      ...context,
      table: {
        ...context.table,
        streams: [],
        map: (_event, { fetchedAtUs }) => {
          const ts = new Date(fetchedAtUs / 1000).toISOString();
          return { kind: "row", row: { ts, event: {} }, tsUs: fetchedAtUs, timeKnown: false, original: "" };
        },
      },
    };
    expect(await replayLetters(forgiving, await lettersOf(app), {})).toMatchObject({ letterCount: 1 });
    expect(await harness.ask(named)).toHaveLength(3);
  });
});
