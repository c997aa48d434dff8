import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DuckDBConnection } from "@duckdb/node-api";
import { connect } from "../../src/query/connect.ts";
import { countQuestion } from "../../src/query/count-question.ts";
import { parseSql } from "../../src/query/parse-sql.ts";

const TABLES = [
  { name: "duo_auth", columns: [{ name: "ts" }, { name: "n" }, { name: "user" }] },
  { name: "duo_admin", columns: [{ name: "ts" }, { name: "day" }, { name: "current_date" }] },
];

describe("countQuestion", () => {
  let connection: DuckDBConnection;

  beforeAll(async () => {
    connection = await connect(2 ** 28);
  });

  afterAll(() => connection.closeSync());

  const countedBy = async (sql: string): Promise<string | undefined> => {
    const tree = await parseSql(connection, sql);
    if (tree === undefined) throw new Error(`${sql} is no question`);
    return countQuestion(tree, TABLES)?.table.name;
  };

  test.each([
    "SELECT count(*) FROM duo_auth",
    "SELECT ts::DATE AS day, count(*) FROM duo_auth GROUP BY day ORDER BY day",
    "SELECT a.ts::DATE, count(*) AS n FROM Duo_Auth a GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
    "FROM duo_auth SELECT date_trunc('month', ts), count() GROUP BY ALL ORDER BY ALL",
    "SELECT ts::DATE FROM duo_auth GROUP BY 1",
    "SELECT year(ts), month(ts), count(*) FROM duo_auth WHERE ts::DATE >= current_date - INTERVAL 30 DAY GROUP BY ALL HAVING count(*) > 3",
    "SELECT strftime(ts, '%Y-%m') AS month, count(*) FROM duo_auth WHERE NOT (year(ts) IN (2024, 2025)) GROUP BY month",
    "SELECT make_timestamp(epoch_us(ts))::DATE AS day, count(*) FROM duo_auth GROUP BY ALL",
  ])("answers by days: %s", async (sql) => {
    expect(await countedBy(sql)).toBe("duo_auth");
  });

  test.each([
    // Rows are not put together.
    "FROM duo_auth",
    "SELECT ts::DATE FROM duo_auth",
    // More is looked at than days.
    "SELECT date_trunc('hour', ts), count(*) FROM duo_auth GROUP BY 1",
    "SELECT ts, count(*) FROM duo_auth GROUP BY ts",
    "SELECT strftime(ts, '%c'), count(*) FROM duo_auth GROUP BY 1",
    "SELECT (ts AT TIME ZONE 'Europe/Berlin')::DATE, count(*) FROM duo_auth GROUP BY 1",
    "SELECT date_trunc('day', ts - INTERVAL 5 HOUR), count(*) FROM duo_auth GROUP BY 1",
    "SELECT count(*) FROM duo_auth WHERE ts > '2026-01-01'",
    "SELECT count(*) FROM duo_auth WHERE n = 1",
    "SELECT ts::DATE, count(*) FROM duo_auth GROUP BY 1 ORDER BY max(ts)",
    "SELECT ts::DATE, count(*) FROM duo_auth GROUP BY 1 HAVING max(n) > 1",
    "SELECT random() > 0.5, count(*) FROM duo_auth GROUP BY 1",
    // Other counts.
    "SELECT count(n) FROM duo_auth",
    "SELECT count(DISTINCT ts) FROM duo_auth",
    "SELECT count(*) FILTER (WHERE n = 1) FROM duo_auth",
    "SELECT count(*) OVER () FROM duo_auth",
    // More is read than one table.
    "SELECT count(*) FROM duo_auth, duo_admin",
    "SELECT count(*) FROM (FROM duo_auth LIMIT 1)",
    "SELECT count(*) FROM duo_auth UNION ALL SELECT count(*) FROM duo_auth",
    "WITH duo_auth AS (SELECT 1) SELECT count(*) FROM duo_auth",
    "SELECT count(*), (SELECT max(n) FROM duo_auth) FROM duo_auth",
    "SELECT count(*) FROM duo_auth; SELECT count(*) FROM duo_auth",
    "SELECT count(*) FROM other.duo_auth",
    "SELECT count(*) FROM duo_other",
    // Only some of its rows, or under other names.
    "SELECT count(*) FROM duo_auth TABLESAMPLE 1%",
    "SELECT count(*) FROM duo_auth USING SAMPLE 1",
    "SELECT count(*) FROM duo_auth AS a(n, ts)",
    "SELECT ts::DATE, count(*) FROM duo_auth GROUP BY ALL QUALIFY row_number() OVER () = 1",
    "SELECT ts::DATE, count(*) FROM duo_auth GROUP BY ROLLUP (ts::DATE)",
    // GROUP BY ALL would group by what is named elsewhere as well.
    "SELECT ts::DATE, count(*) FROM duo_auth GROUP BY ALL HAVING ts::DATE > DATE '2026-01-01'",
    "SELECT ts::DATE, count(*) FROM duo_auth GROUP BY ALL ORDER BY year(ts)",
    "SELECT count(*) + year(ts) AS n FROM duo_auth GROUP BY ALL",
    // A word that means a column: of the table, or of what is selected.
    "SELECT ts::DATE AS day, count(*) FROM duo_admin GROUP BY day",
    "SELECT count(*) FROM duo_admin WHERE ts::DATE < current_date",
    'SELECT ts::DATE AS "duolake.rows", count(*) FROM duo_auth GROUP BY 1',
    "SELECT user.ts::DATE, count(*) FROM duo_auth AS user GROUP BY 1",
    // The column's name would be another.
    "SELECT count(*) + 1 FROM duo_auth",
  ])("leaves as it is: %s", async (sql) => {
    expect(await countedBy(sql)).toBeUndefined();
  });
});
