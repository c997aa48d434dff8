import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import { stopped } from "../../src/core/clock.ts";
import type { Moment } from "../../src/lake/table-at.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "n", type: "long" },
];
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 12);
const atHour = (hour: number): string => new Date(START_MS + hour * HOUR_MS).toISOString();

/** A lake that is written to each hour, by a clock of its own. */
async function hourlyLake(): Promise<{ lake: QueryLake; setHour: (hour: number) => void }> {
  let nowMs = START_MS;
  const sleep = (): Promise<void> => Promise.reject(stopped());
  const lake = await queryLake({ clock: { nowMs: () => nowMs, sleep } });
  return {
    lake,
    setHour: (hour) => {
      nowMs = START_MS + hour * HOUR_MS;
    },
  };
}

describe("openQuery as of a moment", () => {
  let lake: QueryLake;
  const snapshotIds: bigint[] = [];
  const ask = async (sql: string, asOf: Moment): Promise<unknown> => (await lake.ask(sql, { asOf })).rows;

  beforeAll(async () => {
    const hourly = await hourlyLake();
    ({ lake } = hourly);
    await lake.create("duo_auth", COLUMNS, []);
    await lake.create("duo_empty", COLUMNS, []);
    for (const hour of [1, 2, 3]) {
      hourly.setHour(hour);
      const { snapshotId } = await lake.append("duo_auth", [{ ts: atHour(hour), n: BigInt(hour) }]);
      snapshotIds.push(snapshotId ?? 0n);
    }
    hourly.setHour(4);
    const table = await lake.lake.load("duo_auth");
    if (table !== undefined) await lake.lake.evolve(table, [...COLUMNS, { name: "later", type: "string" }]);
    await lake.append("duo_auth", [{ ts: atHour(4), n: 4n, later: "x" }]);
    await lake.create("duo_admin", COLUMNS, [{ ts: atHour(4), n: 40n }]);
  });

  afterAll(() => lake[Symbol.asyncDispose]());

  test("reads a table at a snapshot, with the columns of then", async () => {
    const asOf = { snapshotId: snapshotIds[1] ?? 0n };
    expect(await lake.ask("FROM duo_auth ORDER BY n", { asOf })).toEqual({
      columns: ["ts", "n"],
      rows: [
        ["2026-03-12T01:00:00Z", 1],
        ["2026-03-12T02:00:00Z", 2],
      ],
    });
    expect((await lake.ask("FROM duo_auth WHERE n = 4")).columns).toEqual(["ts", "n", "later"]);
  });

  test("reads every table at the last snapshot by a time, that very moment included", async () => {
    const count = "SELECT count(*) FROM duo_auth";
    expect(await ask(count, { timeMs: START_MS + 2 * HOUR_MS })).toEqual([[2]]);
    expect(await ask(count, { timeMs: START_MS + 2 * HOUR_MS - 1 })).toEqual([[1]]);
    expect(await ask(count, { timeMs: START_MS + 99 * HOUR_MS })).toEqual([[4]]);
    const both = "SELECT max(a.n), max(b.n) FROM duo_auth AS a, duo_admin AS b";
    expect(await ask(both, { timeMs: START_MS + 5 * HOUR_MS })).toEqual([[4, 40]]);
  });

  test("a table that never had a row is empty at any time", async () => {
    expect(await ask("SELECT count(*) FROM duo_empty", { timeMs: START_MS - HOUR_MS })).toEqual([[0]]);
  });

  test("says how far the history goes back where it does not go far enough", async () => {
    await expect(ask("FROM duo_auth", { timeMs: START_MS })).rejects.toMatchObject({
      code: "snapshot_not_found",
      message: `Cannot read table duo_auth as of 2026-03-12T00:00:00.000Z: its history begins with snapshot ${snapshotIds[0]} at 2026-03-12T01:00:00.000Z`,
    });
    await expect(ask("FROM duo_auth", { snapshotId: 5n })).rejects.toMatchObject({
      code: "snapshot_not_found",
      message: expect.stringContaining("as of snapshot 5: its history begins with"),
    });
    await expect(ask("FROM duo_empty", { snapshotId: 5n })).rejects.toMatchObject({
      message: "Cannot read table duo_empty as of snapshot 5: it has no history",
    });
  });

  test("touches no table that the question does not name", async () => {
    await lake.create("duo_auth_eu", COLUMNS, [{ ts: atHour(0), n: 7n }]);
    const { snapshotId = 0n } = (await lake.lake.load("duo_auth_eu")) ?? {};
    expect(await ask("SELECT n FROM duo_auth_eu", { snapshotId })).toEqual([[7]]);
    expect(await ask("SHOW TABLES", { snapshotId })).toHaveLength(4);
  });
});

describe("openQuery opens no file without a row of", () => {
  let lake: QueryLake;
  const DAYS = [1, 2, 3, 4];
  const day = (number: number): string => `2026-03-0${number}T12:00:00Z`;

  beforeAll(async () => {
    lake = await queryLake();
    await lake.create("duo_auth", COLUMNS, []);
    for (const number of DAYS) await lake.append("duo_auth", [{ ts: day(number), n: BigInt(number) }]);
    // Only the third file is there: a question that opens another one fails.
    const files = (await (await lake.lake.load("duo_auth"))?.files()) ?? [];
    const others = files.filter(({ path }) => !path.includes("2026-03-03"));
    for (const { path } of others) await rm(path);
  });

  afterAll(() => lake[Symbol.asyncDispose]());

  test("the time between since and until", async () => {
    const options = { sinceMs: Date.parse(day(3)), untilMs: Date.parse(day(3)) + 1 };
    expect((await lake.ask("SELECT n FROM duo_auth", options)).rows).toEqual([[3]]);
    const before = { sinceMs: Date.UTC(2026, 2, 3), untilMs: Date.parse(day(3)) };
    expect((await lake.ask("SELECT n FROM duo_auth", before)).rows).toEqual([]);
    const after = { sinceMs: Date.parse(day(3)) + 1, untilMs: Date.UTC(2026, 2, 4) };
    expect((await lake.ask("SELECT n FROM duo_auth", after)).rows).toEqual([]);
  });

  test.each([
    `SELECT n FROM duo_auth WHERE ts = '${day(3)}'`,
    "SELECT n FROM duo_auth WHERE ts BETWEEN '2026-03-03' AND '2026-03-04'",
    "SELECT n FROM duo_auth AS a WHERE a.ts >= TIMESTAMPTZ '2026-03-03 00:00:00Z' AND n > 0 AND a.ts < '2026-03-04'",
    "WITH a AS (SELECT * FROM duo_auth) SELECT n FROM a WHERE date_trunc('day', ts) = '2026-03-03'",
    `SELECT n FROM (FROM duo_auth WHERE ts > '2026-03-03') WHERE NOT ts >= '2026-03-03 23:00:00+00' ORDER BY ts DESC LIMIT 5`,
    "SELECT a.n FROM duo_auth a JOIN duo_auth b USING (ts) WHERE ts > '2026-03-03' AND ts < '2026-03-04'",
  ])("the conditions of %s", async (sql) => {
    expect((await lake.ask(sql)).rows).toEqual([[3]]);
  });

  test.each([
    "SELECT n FROM duo_auth",
    "SELECT n FROM duo_auth WHERE ts > '2026-03-03' OR n = 1",
    "SELECT n FROM duo_auth WHERE ts > '2026-03-03' UNION ALL SELECT n FROM duo_auth",
  ])("but all that %s needs", async (sql) => {
    await expect(lake.ask(sql)).rejects.toMatchObject({ name: "DuolakeError" });
  });

  test("what the options and the conditions leave in common", async () => {
    const sql = "SELECT n FROM duo_auth WHERE ts < '2026-03-04'";
    expect((await lake.ask(sql, { sinceMs: Date.UTC(2026, 2, 3) })).rows).toEqual([[3]]);
  });
});
