import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import type { LakeTable } from "../../src/lake/lake.ts";
import { planRead } from "../../src/lake/plan-read.ts";
import { deleteRows } from "../lake/support/delete-rows.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "n", type: "long" },
];
const HOUR_MS = 3_600_000;
const MARCH_MS = Date.UTC(2026, 2, 1);
const hour = (hours: number): string => new Date(MARCH_MS + hours * HOUR_MS).toISOString();
const DAYS = "FROM duo_auth_days";

describe("openQuery counts the rows of days:", () => {
  let lake: QueryLake;

  beforeEach(async () => {
    lake = await queryLake();
    await lake.create("duo_auth", COLUMNS, []);
    for (const hours of [[0, 1, 23.999], [1, 24, 25], [24 * 400]]) {
      await lake.append(
        "duo_auth",
        hours.map((at, n) => ({ ts: hour(at), n: BigInt(n) })),
      );
    }
  });

  afterEach(() => lake[Symbol.asyncDispose]());

  const load = async (): Promise<LakeTable> => {
    const table = await lake.lake.load("duo_auth");
    if (table === undefined) throw new Error("there is no table");
    return table;
  };
  const removeFiles = async (kept?: string): Promise<void> => {
    for (const { path } of await (await load()).files()) if (path !== kept) await rm(path);
  };
  const ALL = [
    ["2026-03-01", 4],
    ["2026-03-02", 2],
    ["2027-04-05", 1],
  ];

  const MONTHS = [
    ["2026-03-01T00:00:00Z", 6],
    ["2027-04-01T00:00:00Z", 1],
  ];

  test("in their order, without opening a file", async () => {
    await removeFiles();
    expect(await lake.ask(DAYS)).toEqual({ columns: ["day", "row_count"], rows: ALL });
    expect(
      (await lake.ask("SELECT sum(row_count) FROM DUO_AUTH_DAYS WHERE day < '2027-01-01'")).rows,
    ).toEqual([[6]]);
  });

  test.each([
    ["SELECT ts::DATE AS day, count(*) AS row_count FROM duo_auth GROUP BY day ORDER BY day", ALL],
    ["SELECT date_trunc('month', ts) AS month, count(*) FROM duo_auth GROUP BY ALL ORDER BY ALL", MONTHS],
    ["SELECT count(*) FROM duo_auth WHERE ts::DATE < DATE '2026-03-02'", [[4]]],
    ["SELECT count(*) FROM duo_auth", [[7]]],
  ])("also where the question is: %s", async (sql, rows) => {
    await removeFiles();
    expect((await lake.ask(sql)).rows).toEqual(rows);
  });

  test("whose deleted rows, and those that --since parts, are read for it", async () => {
    const count = "SELECT ts::DATE::VARCHAR, count(*) FROM duo_auth GROUP BY 1 ORDER BY 1";
    expect((await lake.ask(count, { sinceMs: MARCH_MS + HOUR_MS })).rows).toEqual([
      ["2026-03-01", 3],
      ...ALL.slice(1),
    ]);
    const { files } = await planRead(await load(), {});
    const last = files.find(({ day = 0 }) => day > MARCH_MS / HOUR_MS / 24 + 1);
    await deleteRows(await load(), { rows: [[last?.path ?? "", 0]] });
    expect((await lake.ask(count)).rows).toEqual(ALL.slice(0, 2));
  });

  test("as the rows themselves say, also beside them", async () => {
    const byRows = "SELECT ts::DATE AS day, count(*) AS row_count FROM duo_auth GROUP BY day";
    const { rows } = await lake.ask(
      `(${byRows} EXCEPT ALL ${DAYS}) UNION ALL (${DAYS} EXCEPT ALL ${byRows})`,
    );
    expect(rows).toEqual([]);
    const [last] = await (await load()).files({ fromUs: (MARCH_MS + 48 * HOUR_MS) * 1000 });
    await removeFiles(last?.path);
    const young = `SELECT n FROM duo_auth WHERE ts > '${hour(48)}'`;
    expect((await lake.ask(`SELECT count(*), any_value((${young})) ${DAYS}`)).rows).toEqual([[3, 0]]);
  });

  test("between since and until, where only files that span an end are read", async () => {
    const range = { sinceMs: MARCH_MS + HOUR_MS, untilMs: MARCH_MS + 25 * HOUR_MS };
    expect((await lake.ask(DAYS, range)).rows).toEqual([
      ["2026-03-01", 3],
      ["2026-03-02", 1],
    ]);
    expect((await lake.ask(DAYS, { untilMs: MARCH_MS })).rows).toEqual([]);
    await removeFiles();
    expect((await lake.ask(DAYS, { untilMs: MARCH_MS + 48 * HOUR_MS })).rows).toEqual(ALL.slice(0, 2));
  });

  test("as of a moment", async () => {
    const { snapshotId = 0n } = await load();
    await lake.append("duo_auth", [{ ts: hour(0), n: 9n }]);
    expect((await lake.ask(DAYS)).rows[0]).toEqual(["2026-03-01", 5]);
    expect((await lake.ask(DAYS, { asOf: { snapshotId } })).rows).toEqual(ALL);
  });

  test("without those that another engine deleted", async () => {
    const { files } = await planRead(await load(), {});
    const paths = files.filter(({ rowCount }) => rowCount === 1).map(({ path }) => path);
    await deleteRows(await load(), { rows: paths.map((path) => [path, 0]) });
    expect(paths).toHaveLength(2);
    expect((await lake.ask(DAYS)).rows).toEqual([
      ["2026-03-01", 3],
      ["2026-03-02", 2],
    ]);
  });

  test("of a table without rows there is none", async () => {
    await lake.create("duo_empty", COLUMNS, []);
    expect(await lake.ask("FROM duo_empty_days")).toEqual({ columns: ["day", "row_count"], rows: [] });
  });

  test("unless a table has the name", async () => {
    await lake.create("duo_auth_days", COLUMNS, [{ ts: hour(0), n: 7n }]);
    expect((await lake.ask("SELECT n FROM duo_auth_days")).rows).toEqual([[7]]);
  });
});

describe("openQuery, asked a question that names no table,", () => {
  test("knows the columns of all, opens no file, and refuses to read what was not named", async () => {
    await using lake = await queryLake();
    await lake.create("duo_auth", COLUMNS, [{ ts: hour(0), n: 1n }]);
    for (const { path } of (await (await lake.lake.load("duo_auth"))?.files()) ?? []) await rm(path);
    expect((await lake.ask("SHOW TABLES")).rows).toEqual([["duo_auth"]]);
    const columns = "SELECT column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL";
    expect((await lake.ask(columns)).rows).toEqual([
      ["n", "BIGINT"],
      ["ts", "TIMESTAMP WITH TIME ZONE"],
    ]);
    for (const sql of [
      "FROM query_table('duo_' || 'auth')",
      "SELECT count(*) FROM query_table('duo_' || 'auth')",
    ]) {
      await expect(lake.ask(sql)).rejects.toMatchObject({
        code: "query_invalid",
        message: expect.stringContaining("a question must name the tables that it reads"),
      });
    }
  });
});
