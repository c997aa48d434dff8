import type { DuckDBConnection } from "@duckdb/node-api";
import { parseJson } from "../core/json.ts";
import type { ReadableTable, TsRange } from "../lake/lake.ts";
import { duckdbType, identifier } from "../lake/parquet/duckdb-types.ts";
import { readSchema } from "../lake/reader-sql.ts";
import { effectOf } from "./check-statement.ts";
import { latestViews } from "./latest-views.ts";
import { mentions } from "./mentions.ts";
import { namesOnly } from "./names-only.ts";
import type { ParsedQuestion } from "./parsed-question.ts";
import { type PlanNode, rangesOfPlan } from "./ranges-of-plan.ts";
import { nodesOf } from "./sql-nodes.ts";

/** Those of the view of a table's days (`dayCountsSql`), which reads nothing by the question's conditions. */
const DAY_COLUMNS = "day DATE, row_count BIGINT";
/** A question of other words bounds nothing; planning it would take some 7 ms. */
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
 * The connection is not locked down yet, and to plan a question is to look at what it names; so only one that names nothing but these
 * tables and their views is planned. The empty tables are gone afterwards.
 *
 * @param question whose views are not made yet
 * @returns by the name of the table; empty where the question bounds nothing, names anything else, or is none
 */
export async function planRanges(
  connection: DuckDBConnection,
  { sql, tree, tables }: ParsedQuestion,
): Promise<ReadonlyMap<string, TsRange>> {
  if (tables.length === 0 || !TS.test(sql) || !CONDITION.test(sql)) return new Map();
  const latest = latestViews(tables);
  const names = [...tables.flatMap(({ name }) => [name, daysOf(name)]), ...latest.map(({ name }) => name)];
  const isPlanned =
    tree !== undefined &&
    // Of several statements only the first would be explained, and the others run.
    nodesOf(tree["statements"]).length === 1 &&
    effectOf(tree) === undefined &&
    namesOnly(tree, new Set(names.map((name) => name.toLowerCase())));
  if (!isPlanned) return new Map();
  await connection.run(PLAIN_PLANS);
  await connection.run("BEGIN TRANSACTION");
  try {
    const days = tables.map(({ name }) => daysOf(name)).filter((name) => mentions(sql, name));
    const views = latest.filter(({ name }) => mentions(sql, name));
    const relations = [
      ...tables.map(emptyTableSql),
      ...days.map((name) => `CREATE TABLE IF NOT EXISTS ${identifier(name)} (${DAY_COLUMNS})`),
      ...views.map((view) => `CREATE VIEW ${identifier(view.name)} AS ${view.sql}`),
    ];
    await connection.run(relations.join("; "));
    return rangesOfPlan(await planOf(connection, sql));
  } finally {
    await connection.run("ROLLBACK");
    await connection.run("RESET disabled_optimizers");
  }
}

function daysOf(name: string): string {
  return `${name}_days`;
}

function emptyTableSql(table: ReadableTable): string {
  const columns = readSchema(table).fields.map(({ name, type }) => `${identifier(name)} ${duckdbType(type)}`);
  return `CREATE TABLE ${identifier(table.name)} (${columns.join(", ")})`;
}

/** What is wrong with a question is said when it is asked in earnest; an EXPLAIN cannot be explained. */
async function planOf(connection: DuckDBConnection, sql: string): Promise<readonly PlanNode[]> {
  try {
    const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
    const [row] = reader.getRowsJS();
    return parseJson(row?.[1] as string) as unknown as readonly PlanNode[];
  } catch {
    return [];
  }
}
