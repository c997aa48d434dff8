import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { pullAll } from "../../src/pull-all.ts";
import { EVENT_TABLES, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";

const DAY_MS = 86_400_000;

test("first pull brings the last 24 hours of every table, the same events as Duo's ledger", async () => {
  await using harness = await startHarness();
  const results = await harness.pull();
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  for (const table of EVENT_TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
  const auth = results.find(({ table }) => table === "auth");
  expect(auth?.appended).toBeGreaterThan(50);
  expect(auth?.watermarkMs).toBe(harness.clock.nowMs() - 120_000);
});

test("second pull right after the first appends nothing and makes no commit", async () => {
  await using harness = await startHarness();
  const first = await harness.pull();
  const second = await harness.pull();
  expect(second.map(({ appended }) => appended)).toEqual([0, 0, 0, 0, 0]);
  expect(second.map(({ snapshotId }) => snapshotId)).toEqual(first.map(({ snapshotId }) => snapshotId));
  const { lake } = await harness.start();
  for (const table of EVENT_TABLES) {
    expect((await lake.load(`duo_${table}`))?.metadataLocation).toMatch(/v2\.metadata\.json$/);
  }
});

test("pull counts every fetched event as appended, duplicate or rejected", async () => {
  await using harness = await startHarness();
  await harness.pull();
  harness.simulator.clock.advance(30 * 60_000);
  for (const { fetched, appended, duplicates, rejected } of await harness.pull()) {
    expect(fetched).toBe(appended + duplicates + rejected);
  }
});

test("pulls over two days of moving time end with the lake equal to the ledger", async () => {
  await using harness = await startHarness();
  const app = await harness.start();
  for (let hour = 0; hour < 48; hour += 3) {
    await pullAll(app, { sources: app.sources, wants: () => true });
    harness.simulator.clock.advance(3 * 3_600_000);
  }
  await pullAll(app, { sources: app.sources, wants: () => true });
  for (const table of EVENT_TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
});

test("an event that Duo delivers late within the look-back is appended once", async () => {
  await using harness = await startHarness({ tables: ["auth", "admin"] });
  const nowMs = harness.clock.nowMs();
  const late = nowMs - 20 * 60_000;
  harness.simulator.inject("authentication_v2", [authEvent(late, "late-1")], {
    visibleAtMs: nowMs + 600_000,
  });
  harness.simulator.inject("administrator_v1", [adminEvent(late, "late")], { visibleAtMs: nowMs + 600_000 });
  await harness.pull();
  harness.simulator.clock.advance(700_000);
  const results = await harness.pull();
  expect(results.every(({ appended }) => appended >= 1)).toBe(true);
  await harness.pull();
  for (const table of ["auth", "admin"] as const)
    expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
});

test("equal v1 events of one second are all kept, however often they are read again", async () => {
  await using harness = await startHarness({ tables: ["admin"] });
  const atMs = harness.clock.nowMs() - 10 * 60_000;
  harness.simulator.inject(
    "administrator_v1",
    Array.from({ length: 3 }, () => adminEvent(atMs, "twin")),
  );
  await harness.pull();
  harness.simulator.inject("administrator_v1", [adminEvent(atMs, "twin")], {
    visibleAtMs: harness.clock.nowMs(),
  });
  await harness.pull();
  await harness.pull();
  expect(await harness.ask("SELECT count(*) AS n FROM duo_admin WHERE duo.admin.action = 'twin'")).toEqual([
    { n: 4 },
  ]);
});

test("v1 pages that end inside a second lose and repeat nothing", async () => {
  await using harness = await startHarness({ tables: ["admin"], simulator: { listRowCountMax: 1000 } });
  const fromMs = harness.clock.nowMs() - 3 * 3_600_000;
  const events = Array.from({ length: 3_500 }, (_, i) =>
    adminEvent(fromMs + Math.floor(i / 70) * 1000, `bulk ${i % 60}`),
  );
  harness.simulator.inject("administrator_v1", events);
  const [result] = await harness.pull();
  expect(result?.gaps).toEqual([]);
  expect(await harness.difference("admin")).toEqual(NO_DIFFERENCE);
});

test.each([1003, 990])("v1 pages of %i rows lose nothing", async (listRowCountMax) => {
  await using harness = await startHarness({ tables: ["admin"], simulator: { listRowCountMax } });
  const fromMs = harness.clock.nowMs() - 3 * 3_600_000;
  const events = Array.from({ length: 2_500 }, (_, i) =>
    adminEvent(fromMs + Math.floor(i / 50) * 1000, `bulk ${i}`),
  );
  harness.simulator.inject("administrator_v1", events);
  await harness.pull();
  expect(await harness.difference("admin")).toEqual(NO_DIFFERENCE);
});

test("a v1 second with more rows than a page shows is recorded as a gap, once, and what comes after it is read", async () => {
  await using harness = await startHarness({ tables: ["admin"] });
  const atMs = Math.floor((harness.clock.nowMs() - 30 * 60_000) / 1000) * 1000;
  harness.simulator.inject(
    "administrator_v1",
    Array.from({ length: 1_200 }, (_, i) => adminEvent(atMs, `burst ${i}`)),
  );
  harness.simulator.inject("administrator_v1", [adminEvent(atMs + 5_000, "after")]);
  const [first] = await harness.pull();
  expect(first?.gaps).toEqual([{ fromMs: atMs, toMs: atMs + 1000, reason: "saturated_second" }]);
  const [second] = await harness.pull();
  expect(second?.gaps).toEqual([]);
  expect(await harness.ask("SELECT count(*) AS n FROM duo_admin WHERE duo.admin.action = 'after'")).toEqual([
    { n: 1 },
  ]);
  const { lake } = await harness.start();
  expect((await lake.load("duo_admin"))?.properties["duolake.gaps"]).toContain("saturated_second");
});

test("more events in one millisecond than a page holds are all read", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  const atMs = harness.clock.nowMs() - 30 * 60_000;
  harness.simulator.inject(
    "authentication_v2",
    Array.from({ length: 2_300 }, (_, i) => authEvent(atMs, `burst-${i}`)),
  );
  await harness.pull();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
});

test("an event without id is kept once", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  const { txid: _, ...event } = authEvent(harness.clock.nowMs() - 30 * 60_000, "x");
  harness.simulator.inject("authentication_v2", [event]);
  await harness.pull();
  await harness.pull();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
});

test("an event whose own time lies long before the window that Duo puts it into is kept once", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  const nowMs = harness.clock.nowMs();
  // Duo sorts by isotimestamp; the row's time is that of `timestamp`.
  const event = {
    ...authEvent(nowMs - 30 * 60_000, "odd"),
    timestamp: Math.floor(nowMs / 1000) - 40 * 86_400,
  };
  harness.simulator.inject("authentication_v2", [event]);
  await harness.pull();
  await harness.pull();
  const app = await harness.start();
  for (let i = 0; i < 3; i += 1) {
    harness.simulator.clock.advance(300_000);
    await pullAll(app, { sources: app.sources, wants: () => true });
  }
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
});

test("an event that cannot become a row goes to the dead letters once, and the batch goes on", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  const atMs = harness.clock.nowMs() - 30 * 60_000;
  harness.simulator.inject("authentication_v2", [{}], { atMs });
  harness.simulator.inject("authentication_v2", [authEvent(atMs + 1, "after")]);
  const [first] = await harness.pull();
  expect(first).toMatchObject({ rejected: 1, error: undefined });
  const [second] = await harness.pull();
  expect(second).toMatchObject({ rejected: 0, appended: 0 });
  expect(await harness.ask('SELECT "table", stream, reason, original FROM duo_dead_letter')).toEqual([
    { table: "auth", stream: "authentication_v2", reason: "empty_event", original: "{}" },
  ]);
});

test("rows and cursor are one commit: each snapshot's summary holds the cursor that the table has", async () => {
  await using harness = await startHarness({ tables: ["auth"], batchRowCountMax: 40 });
  await harness.pull();
  const { lake } = await harness.start();
  const table = await lake.load("duo_auth");
  const metadata = JSON.parse(await readFile(table?.metadataLocation ?? "", "utf8")) as {
    properties: Record<string, string>;
    snapshots: { summary: Record<string, string> }[];
  };
  expect(metadata.snapshots.length).toBeGreaterThan(0);
  expect(metadata.snapshots.at(-1)?.summary["duolake.cursor"]).toBe(metadata.properties["duolake.cursor"]);
});

test("a quiet stream commits its watermark alone once it is a day ahead", async () => {
  await using harness = await startHarness({
    tables: ["auth"],
    simulator: { eventsPerDay: { authentication: 0 }, attacks: false },
  });
  await harness.pull();
  const { lake } = await harness.start();
  const before = await lake.load("duo_auth");
  harness.simulator.clock.advance(DAY_MS);
  await harness.pull();
  const after = await before?.reload();
  expect(after?.metadataLocation).not.toBe(before?.metadataLocation);
  expect(after?.rowCount).toBe(0);
});

test("the summary gets a row when a value changed, and at least one an hour", async () => {
  await using harness = await startHarness({ tables: ["summary"] });
  const value = (users: number): void =>
    harness.simulator.inject("summary", [
      { admin_count: 3, integration_count: 9, telephony_credits_remaining: 5, user_count: users },
    ]);
  value(10);
  expect((await harness.pull())[0]?.appended).toBe(1);
  harness.simulator.clock.advance(300_000);
  expect((await harness.pull())[0]?.appended).toBe(0);
  value(11);
  expect((await harness.pull())[0]?.appended).toBe(1);
  harness.simulator.clock.advance(300_000);
  value(10);
  expect((await harness.pull())[0]?.appended).toBe(1);
  harness.simulator.clock.advance(3_600_000);
  expect((await harness.pull())[0]?.appended).toBe(1);
});

test("what Duo does not keep any more is recorded as a gap", async () => {
  await using harness = await startHarness({
    tables: ["auth"],
    simulator: { eventsPerDay: { authentication: 1 }, attacks: false },
  });
  await harness.pull();
  harness.simulator.clock.advance(200 * DAY_MS);
  const [result] = await harness.pull();
  expect(result?.error).toBeUndefined();
  expect(result?.gaps.map(({ reason }) => reason)).toEqual(["retention"]);
  expect((await harness.pull())[0]?.gaps).toEqual([]);
});

function authEvent(atMs: number, txid: string): Record<string, unknown> {
  const isotimestamp = `${new Date(atMs).toISOString().slice(0, -1)}000+00:00`;
  return {
    txid,
    timestamp: Math.floor(atMs / 1000),
    isotimestamp,
    result: "success",
    user: { name: "mvos" },
  };
}

function adminEvent(atMs: number, action: string): Record<string, unknown> {
  const timestamp = Math.floor(atMs / 1000);
  const isotimestamp = `${new Date(timestamp * 1000).toISOString().slice(0, 19)}+00:00`;
  return { action, description: null, isotimestamp, object: null, timestamp, username: "System" };
}
