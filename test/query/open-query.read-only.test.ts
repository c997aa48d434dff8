import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

describe("openQuery only reads, and only the lake:", () => {
  let lake: QueryLake;
  let folder: string;
  let dataFile: string;
  let dataHash: string;
  const withPaths = (sql: string): string => sql.replaceAll("FOLDER", folder).replaceAll("DATA", dataFile);

  beforeAll(async () => {
    lake = await queryLake();
    const columns = [{ name: "ts", type: "timestamptz" as const }];
    await lake.create("duo_auth", columns, [{ ts: "2026-03-12T15:30:20Z" }]);
    dataFile = (await (await lake.lake.load("duo_auth"))?.files())?.[0]?.path ?? "";
    dataHash = createHash("sha256")
      .update(await readFile(dataFile))
      .digest("hex");
    folder = await mkdtemp(join(tmpdir(), "duolake-foreign-"));
    await writeFile(join(folder, "secret.csv"), "secret\nhunter2\n");
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await lake[Symbol.asyncDispose]();
  });

  test.each([
    "SELECT count(*) FROM duo_auth",
    "FROM duo_auth",
    "WITH a AS (FROM duo_auth) SELECT count(*) FROM a",
    "  -- a comment\n SELECT 1;",
    "/* COPY */ SELECT 'COPY x TO y; DROP TABLE z';",
    "VALUES (1)",
    "DESCRIBE duo_auth",
    "SUMMARIZE duo_auth",
    "SHOW TABLES",
    "EXPLAIN SELECT * FROM duo_auth",
    "explain analyze SELECT count(*) FROM duo_auth",
    "PIVOT (SELECT 1 AS n) ON n IN (1) USING count(*)",
  ])("answers %s", async (sql) => {
    expect((await lake.ask(sql)).rows.length).toBeGreaterThan(0);
  });

  test.each([
    "COPY duo_auth TO 'FOLDER/out.csv'",
    "COPY (SELECT 1) TO 'DATA'",
    "COPY duo_auth FROM 'FOLDER/secret.csv'",
    "EXPLAIN ANALYZE COPY duo_auth TO 'FOLDER/out.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO 'DATA'",
    "EXPLAIN/**/ANALYZE COPY (SELECT 1) TO 'DATA'",
    "EXPLAIN (ANALYZE) COPY (SELECT 1) TO 'DATA'",
    "EXPORT DATABASE 'FOLDER/export'",
    "IMPORT DATABASE 'FOLDER'",
    "ATTACH 'FOLDER/x.duckdb' AS x",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_paths = ['FOLDER/secret.csv']",
    "SET VARIABLE a = 1",
    "RESET memory_limit",
    "PRAGMA enable_profiling",
    "CREATE TABLE t (i INTEGER)",
    "CREATE VIEW v AS SELECT 1",
    "CREATE MACRO m() AS 1",
    "CREATE SECRET s (TYPE s3)",
    "DROP VIEW duo_auth",
    "ALTER VIEW duo_auth RENAME TO x",
    "INSERT INTO duo_auth VALUES (NULL)",
    "DELETE FROM duo_auth",
    "CALL enable_logging()",
    "PREPARE a AS SELECT 1",
    "EXECUTE a",
    "BEGIN",
    "COMMIT",
    "CHECKPOINT",
    "VACUUM",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY duo_auth TO 'FOLDER/out.csv'",
    "FROM read_csv('FOLDER/secret.csv')",
    "FROM 'FOLDER/secret.csv'",
    "FROM read_text('FOLDER/*')",
    "FROM read_blob('FOLDER/secret.csv')",
    "FROM sniff_csv('FOLDER/secret.csv')",
    "FROM glob('FOLDER/*')",
    "FROM parquet_metadata('FOLDER/secret.csv')",
    "FROM query('COPY (SELECT 1) TO ''FOLDER/out.csv''')",
    "FROM 'https://example.invalid/a.parquet'",
    "FROM read_parquet('s3://bucket/a.parquet')",
    "FROM iceberg_scan('FOLDER')",
    "SELECT getenv('HOME')",
    "FROM enable_profiling(save_location = 'FOLDER/profile.txt')",
    "FROM enable_profiling(format = 'json', save_location = 'FOLDER/profile.json')",
    "FROM enable_logging('QueryLog', storage = 'file', storage_config = {'path': 'FOLDER/log'})",
    "FROM enable_logging(storage = 'stdout')",
    "SELECT * FROM duo_auth WHERE EXISTS (FROM system.main.enable_logging())",
    "SUMMARIZE FROM enable_logging()",
    "EXPLAIN ANALYZE FROM enable_logging()",
    "SELECT \"write_log\" /* a /* b */ c */ ('x')",
    "FROM force_checkpoint()",
    "FROM query('FROM enable_logging()')",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''FOLDER/secret.csv'')'))",
    "WITH a AS (INSERT INTO duo_auth VALUES (NULL) RETURNING *) FROM a",
    "SELECT * INTO t FROM duo_auth",
    "DESCRIBE 'FOLDER/secret.csv'",
    "SUMMARIZE 'FOLDER/secret.csv'",
    "EXPLAIN SELECT * FROM read_csv('FOLDER/secret.csv')",
    "FROM read_text('DATA/../../secret.csv')",
    "FROM read_text('DATA*')",
    "FROM read_csv(['DATA', 'FOLDER/secret.csv'])",
    "FROM read_duckdb('FOLDER/secret.csv', table_name = 'x')",
    "FROM parquet_kv_metadata('FOLDER/secret.csv')",
    "FROM query_table('FOLDER/secret.csv')",
    "FROM '/proc/self/environ'",
    "FROM read_blob('/proc/self/environ')",
    "FROM duckdb_secrets()",
    "SELECT 1/*;*/;--\nCOPY duo_auth TO 'FOLDER/out.csv'",
    "/* /* */ SELECT 1; */ COPY (SELECT 1) TO 'DATA'",
    "\u00a0COPY duo_auth TO 'FOLDER/out.csv'",
    "SELECT $$a$$; COPY duo_auth TO 'FOLDER/out.csv'",
    "SELECT ?",
    "SELECT * FROM duo_nothing",
    "SELEC 1",
  ])("refuses %s", async (text) => {
    const error: unknown = await lake.ask(withPaths(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "query_invalid", retryable: false });
    const { message } = error as Error;
    expect(message).toMatch(/^Cannot answer the query: /);
    expect(message).not.toContain("hunter2");
  });

  test("tries to fetch no extension", async () => {
    await expect(lake.ask("FROM read_xlsx('a.xlsx')")).rejects.toMatchObject({
      message: expect.not.stringContaining("install the required"),
    });
  });

  test("a word of an event is no function", async () => {
    expect((await lake.ask("SELECT 'enable_logging' AS query, '; COPY a TO b' AS copy")).rows).toEqual([
      ["enable_logging", "; COPY a TO b"],
    ]);
  });

  test("after all of that nothing has changed", async () => {
    expect(
      createHash("sha256")
        .update(await readFile(dataFile))
        .digest("hex"),
    ).toBe(dataHash);
    expect(await readdir(folder)).toEqual(["secret.csv"]);
    expect((await lake.ask("SELECT count(*) FROM duo_auth")).rows).toEqual([[1]]);
  });

  test.each(["", "  \n", ";", "-- nothing", "/* nothing */ ; -- at all"])(
    "says that %j holds no statement",
    async (sql) => {
      await expect(lake.ask(sql)).rejects.toMatchObject({
        code: "query_invalid",
        message: expect.stringContaining("it holds no statement"),
      });
    },
  );

  test("says what is answered, and shows no more of the text than fits", async () => {
    await expect(lake.ask(`CREATE TABLE t AS SELECT '${"x".repeat(1_000)}' AS a`)).rejects.toMatchObject({
      message: expect.stringMatching(/only questions are answered: SELECT[^]{1,400}…$/),
    });
  });
});
