import { describe, expect, test } from "vitest";
import { type App, createApp } from "../../src/app.ts";
import { backfillOne } from "../../src/backfill-one.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { replayLetters } from "../../src/pipeline/replay-letters.ts";
import { createTablePuller } from "../../src/pipeline/table-puller.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type EventTable, type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullersOf } from "../support/pullers-of.ts";
import { remapped } from "../support/remapped.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const A = "DAAAAAAAAAAAAAAAAAAA";
const B = "DABBBBBBBBBBBBBBBBBB";
const C = "DACCCCCCCCCCCCCCCCCC";
const MISSING = "DAZZZZZZZZZZZZZZZZZZ";
const CHILDREN = [
  { accountId: A, name: "Ahorn", users: 15 },
  { accountId: B, name: "Birke", users: 10 },
];
const TABLES: readonly EventTable[] = ["auth", "admin"];
const SIMULATOR = { users: 10, days: 4, attacks: false, children: CHILDREN };
const ALL = { tables: TABLES, simulator: SIMULATOR, source: { accounts: "all" } } as const;

function pull(app: App): Promise<TableResult[]> {
  return pullAll(app, { sources: app.sources, wants: () => true });
}

async function expectNoDifference(
  harness: Harness,
  tables: readonly EventTable[],
  accounts: readonly string[],
): Promise<void> {
  for (const table of tables) {
    for (const account of accounts) {
      const difference = await harness.difference(table, account);
      expect({ table, account, difference }).toEqual({ table, account, difference: NO_DIFFERENCE });
    }
  }
}

describe("child accounts", () => {
  test("share tables, each with a cursor of its own, and rows say whose they are", async () => {
    await using harness = await startHarness(ALL);
    const app = await harness.start();
    for (let hour = 0; hour < 3; hour += 1) {
      const results = await pull(app);
      expect(results.map(({ account, table, error }) => [account, table, error])).toEqual([
        [A, "admin", undefined],
        [A, "auth", undefined],
        [B, "admin", undefined],
        [B, "auth", undefined],
      ]);
      harness.simulator.clock.advance(HOUR_MS);
    }
    await harness.pull();
    await expectNoDifference(harness, TABLES, [A, B]);
    const keys = Object.keys((await app.lake.load("duo_auth"))?.properties ?? {});
    const cursors = keys.filter((key) => key.startsWith("duolake.cursor"));
    expect(cursors.toSorted()).toEqual([`duolake.cursor.${A}`, `duolake.cursor.${B}`]);
    const owners = await harness.ask(
      "SELECT DISTINCT cloud.account.id AS id, cloud.account.name AS name FROM duo_auth ORDER BY id",
    );
    expect(owners).toEqual([
      { id: A, name: "Ahorn" },
      { id: B, name: "Birke" },
    ]);
  });

  test("have null for a name where Duo gives none, in rows and in dead letters", async () => {
    await using harness = await startHarness({
      ...ALL,
      simulator: { ...SIMULATOR, children: [{ accountId: A, name: "" }] },
    });
    const atMs = harness.clock.nowMs() - HOUR_MS;
    harness.simulator.inject("authentication_v2", ["no object"] as never, { atMs, accountId: A });
    await harness.pull();
    const names = "SELECT DISTINCT cloud.account.id AS id, cloud.account.name AS name FROM duo_auth";
    expect(await harness.ask(names)).toEqual([{ id: A, name: null }]);
    expect(await harness.ask("SELECT account_id, account_name FROM duo_dead_letter")).toEqual([
      { account_id: A, account_name: null },
    ]);
    await expectNoDifference(harness, TABLES, [A]);
  });

  test("keep equal v1 events apart, and equal ones of one account too", async () => {
    await using harness = await startHarness(ALL);
    const timestamp = Math.floor((harness.clock.nowMs() - HOUR_MS) / 1000);
    const event = { action: "user_update", username: "root", object: "ann", timestamp, description: null };
    harness.simulator.inject("administrator_v1", [event, event], { accountId: A });
    harness.simulator.inject("administrator_v1", [event], { accountId: B });
    await harness.pull();
    harness.simulator.clock.advance(600_000);
    await harness.pull();
    const owners = `SELECT cloud.account.id AS id, CAST(count(*) AS INT) AS count FROM duo_admin
      WHERE event.original LIKE '%"object":"ann"%' GROUP BY id ORDER BY id`;
    expect(await harness.ask(owners)).toEqual([
      { id: A, count: 2 },
      { id: B, count: 1 },
    ]);
    await expectNoDifference(harness, TABLES, [A, B]);
  });

  test("have dead letters of their own, which come out as rows of their own", async () => {
    await using harness = await startHarness({ ...ALL, tables: ["auth"] });
    const atMs = harness.clock.nowMs() - HOUR_MS;
    const event = { txid: "same", isotimestamp: new Date(atMs).toISOString(), result: "success" };
    for (const accountId of [A, B]) harness.simulator.inject("authentication_v2", [event], { accountId });
    const app = await harness.start();
    for (const { context } of await pullersOf(app)) {
      const broken = remapped(context, (mapped, { txid }) =>
        txid === "same" ? { kind: "rejected", reason: "made_up" } : mapped,
      );
      expect((await createTablePuller(broken).pull()).rejected).toBe(1);
    }
    await expectNoDifference(harness, ["auth"], [A, B]);
    const owners = "SELECT account_id AS id, account_name AS name FROM duo_dead_letter ORDER BY id";
    const [a, b] = [
      { id: A, name: "Ahorn" },
      { id: B, name: "Birke" },
    ];
    expect(await harness.ask(owners)).toEqual([a, b]);
    for (const { account, context } of await pullersOf(app)) {
      const letters = await app.lake.load("duo_dead_letter");
      expect(await replayLetters(context, letters, {})).toMatchObject({ letterCount: 1, replayedCount: 1 });
      expect(await harness.ask(owners)).toEqual(account?.id === A ? [b] : []);
    }
    const rows = `SELECT cloud.account.id AS id, cloud.account.name AS name FROM duo_auth
      WHERE event.original LIKE '%"same"%' ORDER BY id`;
    expect(await harness.ask(rows)).toEqual([a, b]);
    await expectNoDifference(harness, ["auth"], [A, B]);
  });

  test("that fail stop no other, and go on when they can", async () => {
    await using harness = await startHarness(ALL);
    const { faults } = harness.simulator;
    faults.add({ kind: "error_code", code: 40301, accountId: A, target: "authentication_v2", times: 0 });
    faults.add({ kind: "internal_error", accountId: B, target: "administrator_v1", times: 0 });
    const app = await harness.start();
    const codes = (await pull(app)).map(({ account, table, error }) => [account, table, error?.code]);
    expect(codes).toEqual([
      [A, "admin", undefined],
      [A, "auth", "duo_forbidden"],
      [B, "admin", "duo_server_error"],
      [B, "auth", undefined],
    ]);
    await expectNoDifference(harness, ["auth"], [B]);
    faults.clear();
    harness.simulator.clock.advance(2 * HOUR_MS);
    expect((await pull(app)).map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    await expectNoDifference(harness, TABLES, [A, B]);
  });

  test("that come later are pulled within the hour", async () => {
    await using harness = await startHarness(ALL);
    const app = await harness.start();
    await pull(app);
    harness.simulator.addChild({ accountId: C, name: "Zeder" });
    harness.simulator.clock.advance(HOUR_MS + 60_000);
    const accounts = new Set((await pull(app)).map(({ account }) => account));
    expect(accounts).toEqual(new Set([A, B, C]));
    await expectNoDifference(harness, TABLES, [A, B, C]);
  });

  test("that are known go on while the provider's list does not answer", async () => {
    await using harness = await startHarness(ALL);
    const app = await harness.start();
    await pull(app);
    harness.simulator.clock.advance(2 * HOUR_MS);
    harness.simulator.faults.add({ kind: "error_code", target: "/accounts/v1/account/list", times: 0 });
    expect((await pull(app)).map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    await expectNoDifference(harness, TABLES, [A, B]);
    const fresh = await harness.pull();
    expect(fresh.map(({ table, error }) => [table, error?.code])).toEqual([
      ["admin", "duo_forbidden"],
      ["auth", "duo_forbidden"],
    ]);
  });

  test("are those listed; one that is none of the provider's is told", async () => {
    await using harness = await startHarness({ ...ALL, source: { accounts: [B, MISSING] } });
    const told: string[] = [];
    await using app = await createApp({
      config: harness.config,
      clock: harness.clock,
      env: {
        DUOLAKE_DUO_ENDPOINT_URL: harness.simulator.url,
        DUOLAKE_SECRET_KEY_DUO: harness.simulator.secretKey(),
      },
      observer: { leftOut: (source, error) => told.push(`${source} ${error.code} ${error.message}`) },
    });
    const results = await pull(app);
    expect(results.map(({ account, error }) => [account, error])).toEqual([
      [B, undefined],
      [B, undefined],
    ]);
    expect(told).toEqual([
      expect.stringMatching(new RegExp(`^duo config_invalid Cannot pull account ${MISSING}`)),
    ]);
    await expectNoDifference(harness, TABLES, [B]);
  });

  test("are backfilled, read again and changed over each on its own", async () => {
    await using harness = await startHarness({
      ...ALL,
      simulator: { ...SIMULATOR, eventsPerDay: { administrator: 200 } },
    });
    const app = await harness.start();
    await pull(app);
    for (const puller of await pullersOf(app)) {
      if (puller.account?.id === A) await backfillOne(app, puller, { sinceAgoMs: 3 * DAY_MS });
    }
    const oldest = await harness.ask(
      "SELECT cloud.account.id AS id, min(ts) AS ts FROM duo_auth GROUP BY id ORDER BY id",
    );
    const ages = oldest.map(({ ts }) =>
      Math.floor((harness.clock.nowMs() - Date.parse(String(ts))) / DAY_MS),
    );
    expect(ages[0]).toBeGreaterThanOrEqual(2);
    expect(ages[1]).toBeLessThanOrEqual(1);
    await expectNoDifference(harness, TABLES, [A, B]);

    harness.simulator.clock.advance(HOUR_MS);
    await pull(app);
    const isotimestamp = new Date(harness.clock.nowMs() - 9 * HOUR_MS).toISOString();
    const late = { txid: "late", isotimestamp, result: "success" };
    harness.simulator.inject("authentication_v2", [late], { accountId: B, visibleAtMs: 0 });
    const healed: (readonly [string | undefined, number | undefined])[] = [];
    for (const puller of await pullersOf(app, "auth")) {
      healed.push([puller.account?.id, (await puller.rereadDue({}))?.healed]);
    }
    expect(healed).toEqual([
      [A, 0],
      [B, 1],
    ]);

    harness.simulator.faults.add({
      kind: "error_code",
      code: 40401,
      accountId: B,
      target: "administrator_v1",
      times: 0,
    });
    for (let hour = 0; hour < 3; hour += 1) {
      harness.simulator.clock.advance(HOUR_MS);
      const streams = (await pull(app)).filter(({ table }) => table === "admin").map(({ stream }) => stream);
      expect(streams).toEqual(["administrator_v1", "activity_v2"]);
    }
    await expectNoDifference(harness, TABLES, [A, B]);
  });
});
