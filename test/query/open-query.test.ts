import { readdir, rm } from "node:fs/promises";
import { DuckDBPreparedStatement } from "@duckdb/node-api";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import { DEAD_LETTER_COLUMNS } from "../../src/pipeline/dead-letters.ts";
import { openQuery } from "../../src/query/open-query.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

const USER: Column = {
  name: "user",
  type: { type: "struct", fields: [{ name: "name", type: "string" }] },
};
const AUTH: readonly Column[] = [{ name: "ts", type: "timestamptz" }, USER, { name: "n", type: "long" }];

function at(minute: number): string {
  return `2026-03-12T15:${String(minute).padStart(2, "0")}:00Z`;
}

describe("openQuery", () => {
  let lake: QueryLake;

  beforeAll(async () => {
    lake = await queryLake();
    await lake.create("duo_auth", AUTH, [
      { ts: at(1), user: { name: "mvos" }, n: 1 },
      { ts: at(2), user: { name: "akira" }, n: 9007199254740993n },
      { ts: at(3), user: { name: "mvos" } },
    ]);
    await lake.create(
      "duo_admin",
      [{ name: "ts", type: "timestamptz" }, USER],
      [{ ts: at(4), user: { name: "mvos" } }],
    );
    await lake.create("duo_telephony", AUTH, []);
    await lake.create("duo_dead_letter", DEAD_LETTER_COLUMNS, [
      {
        ts: at(5),
        table: "auth",
        stream: "authentication_v2",
        reason: "empty_event",
        original: "{}",
        hash: "0",
      },
    ]);
  });

  afterAll(() => lake[Symbol.asyncDispose]());

  test("reads a table under its resolved name, in any case", async () => {
    expect(await lake.ask("SELECT n, ts FROM duo_auth ORDER BY ts")).toEqual({
      columns: ["n", "ts"],
      rows: [
        [1, at(1)],
        [9007199254740993n, at(2)],
        [null, at(3)],
      ],
    });
    expect((await lake.ask('SELECT count(*) FROM "DUO_AUTH"')).rows).toEqual([[3]]);
  });

  test("joins tables", async () => {
    const sql = `SELECT auth.ts, admin.ts AS admin_ts FROM duo_auth AS auth
      JOIN duo_admin AS admin ON auth.user.name = admin.user.name ORDER BY ALL`;
    expect((await lake.ask(sql)).rows).toEqual([
      [at(1), at(4)],
      [at(3), at(4)],
    ]);
  });

  test("an empty table has its columns and no rows", async () => {
    expect(await lake.ask("FROM duo_telephony")).toEqual({ columns: ["ts", "user", "n"], rows: [] });
    expect((await lake.ask("SELECT count(*), max(n) FROM duo_telephony")).rows).toEqual([[0, null]]);
  });

  test("dead letters can be asked like any table", async () => {
    const sql = 'SELECT "table", reason, original FROM duo_dead_letter';
    expect((await lake.ask(sql)).rows).toEqual([["auth", "empty_event", "{}"]]);
  });

  test("SHOW TABLES lists them all", async () => {
    expect((await lake.ask("SHOW TABLES")).rows.flat()).toEqual([
      "duo_admin",
      "duo_auth",
      "duo_dead_letter",
      "duo_telephony",
    ]);
  });

  test("says which table there is not", async () => {
    await expect(lake.ask("FROM duo_auht")).rejects.toMatchObject({
      code: "query_invalid",
      message: expect.stringContaining("duo_auht"),
    });
  });

  test("answers a lake without any table", async () => {
    await using empty = await queryLake();
    expect((await empty.ask("SHOW TABLES")).rows).toEqual([]);
    expect((await empty.ask("SELECT 1 AS one")).rows).toEqual([[1]]);
  });

  test("reports a data file that is missing", async () => {
    await using broken = await queryLake();
    await broken.create("duo_auth", AUTH, [{ ts: at(1), n: 1 }]);
    await rm((await (await broken.lake.load("duo_auth"))?.files())?.[0]?.path ?? "");
    await expect(broken.ask("FROM duo_auth")).rejects.toMatchObject({ name: "DuolakeError" });
  });

  test("days and hours are those of UTC", async () => {
    const sql = "SELECT date_trunc('hour', ts), strftime(ts, '%H:%M') FROM duo_admin";
    expect((await lake.ask(sql)).rows).toEqual([[at(0), "15:04"]]);
  });

  test("keeps columns of one name apart", async () => {
    expect(await lake.ask("SELECT 1 AS a, 2 AS a")).toEqual({ columns: ["a", "a"], rows: [[1, 2]] });
  });

  test("spills outside the working directory", async () => {
    const before = await readdir(".");
    const sql = "SELECT count(*) FROM (SELECT DISTINCT i, md5(i::VARCHAR) FROM range(600000) t(i))";
    expect((await lake.ask(sql, { memoryLimitBytes: 32 * 2 ** 20 })).rows).toEqual([[600_000]]);
    expect(await readdir(".")).toEqual(before);
  });
});

describe("openQuery, when the answer cannot be finished:", () => {
  let lake: QueryLake;

  beforeAll(async () => {
    lake = await queryLake();
  });

  afterAll(() => lake[Symbol.asyncDispose]());
  afterEach(() => vi.restoreAllMocks());

  const BREAKS_OFF =
    "SELECT CASE WHEN i = 700000 THEN error('row 700000') ELSE i END FROM range(800000) t(i)";
  const LONG = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3";

  test("an error in the midst of the rows is an error, not the end", async () => {
    const { rows } = await openQuery(lake.lake, BREAKS_OFF);
    let rowCount = 0;
    const reading = (async () => {
      for await (const some of rows) rowCount += some.length;
    })();
    await expect(reading).rejects.toMatchObject({
      code: "query_invalid",
      message: expect.stringContaining("row 700000"),
    });
    expect(rowCount).toBeGreaterThan(0);
  });

  test("an error before the first row is one before the columns", async () => {
    await expect(openQuery(lake.lake, "SELECT 'x'::INTEGER")).rejects.toMatchObject({
      code: "query_invalid",
    });
  });

  test("stops before, during and after the work of DuckDB", async () => {
    await expect(lake.ask("SELECT 1", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "stopped",
    });
    const duringWork = lake.ask(LONG, { signal: AbortSignal.timeout(100) });
    await expect(duringWork).rejects.toMatchObject({ code: "stopped" });
    const stop = new AbortController();
    const { rows } = await openQuery(lake.lake, "SELECT 1", { signal: stop.signal });
    stop.abort();
    await expect(rows[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "stopped" });
  });

  test("stops in the midst of the rows", async () => {
    const stop = new AbortController();
    const { rows } = await openQuery(lake.lake, "FROM range(5000000)", { signal: stop.signal });
    const reading = (async () => {
      for await (const some of rows) if (some.length > 0) stop.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: "stopped" });
  });

  test("stops where the signal comes just before DuckDB begins, which forgets it", async () => {
    const stop = new AbortController();
    vi.spyOn(DuckDBPreparedStatement.prototype, "stream").mockImplementationOnce(function (
      this: DuckDBPreparedStatement,
    ) {
      stop.abort();
      return this.stream();
    });
    await expect(lake.ask(LONG, { signal: stop.signal })).rejects.toMatchObject({ code: "stopped" });
  });

  test("a reader that has seen enough ends it", async () => {
    const { rows } = await openQuery(lake.lake, "FROM range(5000000)");
    for await (const some of rows) {
      expect(some.length).toBeGreaterThan(0);
      break;
    }
  });
});
