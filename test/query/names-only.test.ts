import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/query/connect.ts";
import { namesOnly } from "../../src/query/names-only.ts";
import { parseSql } from "../../src/query/parse-sql.ts";

const NAMES = new Set(["duo_auth", "duo_auth_days", "duo_admin"]);

describe("namesOnly", () => {
  let connection: DuckDBConnection;

  beforeAll(async () => {
    connection = await connect(2 ** 28);
  });

  afterAll(() => connection.closeSync());

  const isNamesOnly = async (sql: string): Promise<boolean> => {
    const tree = await parseSql(connection, sql);
    if (tree === undefined) throw new Error(`${sql} is no question`);
    return namesOnly(tree, NAMES);
  };

  test.each([
    "FROM duo_auth",
    'SELECT ts, "user".name FROM "Duo_Auth" AS a WHERE ts > now() - INTERVAL 1 DAY ORDER BY ts DESC NULLS LAST LIMIT 5',
    "SELECT a.ts::DECIMAL(10, 2) FROM duo_auth a LEFT JOIN duo_admin b ON a.ts = b.ts WHERE EXISTS (FROM duo_auth_days)",
    "WITH c AS MATERIALIZED (FROM duo_auth) SELECT (SELECT max(ts) FROM C) FROM c, unnest([1, 2]) AS u, range(3)",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) FROM r, (VALUES (1)) AS v",
    "FROM duo_auth UNION ALL BY NAME FROM duo_admin LIMIT 10%",
    "SELECT DISTINCT ON (ts) [x + 1 FOR x IN [1]], sum(1) OVER (ORDER BY ts) FROM (FROM duo_auth) QUALIFY row_number() OVER () = 1",
  ])("is true for what reads these and itself: %s", async (sql) => {
    expect(await isNamesOnly(sql)).toBe(true);
  });

  test.each([
    "FROM '/etc/passwd'",
    "FROM 'events.parquet'",
    "FROM duo_other",
    "FROM other.duo_auth",
    "FROM memory.main.duo_auth",
    "FROM information_schema.tables",
    "FROM duo_auth, read_text('/etc/passwd')",
    "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM duo_auth",
    "SELECT ts FROM duo_auth WHERE ts > (SELECT max(ts) FROM 'events.csv')",
    "SELECT ts FROM duo_auth JOIN 'events.csv' USING (ts)",
    "FROM duo_auth UNION ALL FROM glob('/*')",
    "WITH c AS (FROM parquet_scan('events.parquet')) FROM c",
    // Where it does not hold, the name is that of a file.
    'FROM (WITH "events.csv" AS (SELECT 1) SELECT 1), "events.csv"',
    "FROM duo_auth PIVOT (count(*) FOR n IN (1, 2))",
    "FROM query('FROM duo_auth')",
    "FROM other.range(3)",
    "DESCRIBE 'events.parquet'",
    "SUMMARIZE duo_auth",
    "SHOW TABLES",
  ])("is false for what reads more, or what is not known: %s", async (sql) => {
    expect(await isNamesOnly(sql)).toBe(false);
  });
});
