import type { DuckDBConnection } from "@duckdb/node-api";
import { parseJson } from "../core/json.ts";
import type { ReadableTable, TsRange } from "../lake/lake.ts";
import { duckdbType, identifier } from "../lake/parquet/duckdb-types.ts";
import { readSchema } from "../lake/reader-sql.ts";
import { effectOf } from "./check-statement.ts";
import { connect, lockDown } from "./connect.ts";
import { latestViews } from "./latest-views.ts";
import { parseSql } from "./parse-sql.ts";
import { type PlanNode, rangesOfPlan } from "./ranges-of-plan.ts";
import { nodesOf } from "./sql-nodes.ts";

const MEMORY_LIMIT_BYTES = 2 ** 28;
/** Those of the view of a table's days (`dayCountsSql`), which reads nothing by the question's conditions. */
const DAY_COLUMNS = "day DATE, row_count BIGINT";
/** A question of other words bounds nothing; planning it would take some 15 ms. */
const TS = /\bts\b/i;
const CONDITION = /\b(?:where|on)\b/i;
/**
 * From the statistics of empty tables DuckDB would conclude that there is nothing to scan; and late materialization scans a table
 * again, without its conditions, for rows that it has found with them.
 */
const PLAIN_PLANS = "SET disabled_optimizers = 'statistics_propagation,late_materialization'";

/**
 * Finds out which stretch of `ts` a question needs of each table, before a file is opened: DuckDB plans it over empty tables of
 * the same columns, and says what it would look for. Opening a file that holds nothing of it costs about a millisecond, or a
 * download.
 *
 * @param loading the tables of the question; the DuckDB starts while they are loaded
 * @returns by the name of the table; empty where the question bounds nothing, or is none
 * @throws what loading throws
 */
export async function planRanges(
  sql: string,
  loading: Promise<{ readonly tables: readonly ReadableTable[] }>,
): Promise<ReadonlyMap<string, TsRange>> {
  if (!TS.test(sql) || !CONDITION.test(sql)) return new Map();
  const connection = await connect(MEMORY_LIMIT_BYTES, { threads: "1" });
  try {
    const { tables } = await loading;
    await connection.run(PLAIN_PLANS);
    await lockDown(connection, []);
    for (const table of tables) await connection.run(emptyTableSql(table));
    for (const { name } of tables) {
      await connection.run(`CREATE TABLE IF NOT EXISTS ${identifier(`${name}_days`)} (${DAY_COLUMNS})`);
    }
    for (const { name, sql: select } of latestViews(tables)) {
      await connection.run(`CREATE VIEW ${identifier(name)} AS ${select}`);
    }
    return rangesOfPlan(await planOf(connection, sql));
  } finally {
    connection.closeSync();
  }
}

function emptyTableSql(table: ReadableTable): string {
  const columns = readSchema(table).fields.map(({ name, type }) => `${identifier(name)} ${duckdbType(type)}`);
  return `CREATE TABLE ${identifier(table.name)} (${columns.join(", ")})`;
}

/** What is wrong with a question is said when it is asked in earnest; an EXPLAIN cannot be explained. */
async function planOf(connection: DuckDBConnection, sql: string): Promise<readonly PlanNode[]> {
  try {
    const tree = await parseSql(connection, sql);
    // Of several statements only the first would be explained, and the others run.
    if (tree === undefined || nodesOf(tree["statements"]).length !== 1 || effectOf(tree)) return [];
    const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
    const [row] = reader.getRowsJS();
    return parseJson(row?.[1] as string) as unknown as readonly PlanNode[];
  } catch {
    return [];
  }
}
