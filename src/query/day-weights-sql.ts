import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable, TsRange } from "../lake/lake.ts";
import { identifier } from "../lake/parquet/duckdb-types.ts";
import { dayStartUs } from "../lake/spec/instant.ts";
import { WEIGHT } from "./count-question.ts";
import type { CountPlan } from "./plan-counts.ts";
import { tableSql } from "./table-sql.ts";

/**
 * SQL for a relation in which the first moment of a day stands for all of the day's rows that need not be read, and every other
 * row for itself: columns `ts`, and how many rows one stands for (`WEIGHT`).
 *
 * @param plan from `planCounts`, the files to be read as they can be opened on this machine
 * @param range bounds `ts` of the rows that are read
 */
export async function dayWeightsSql(
  connection: DuckDBConnection,
  options: { readonly table: ReadableTable; readonly plan: CountPlan; readonly range: TsRange },
): Promise<string> {
  const { table, plan, range } = options;
  const known = [...plan.counts].map(([day, count]) => `(${dayStartUs(day)}, ${count})`).join(", ");
  const parts: string[] = [];
  if (known !== "") {
    parts.push(
      `SELECT make_timestamptz(CAST(us AS BIGINT)) AS ts, CAST(row_count AS BIGINT) AS ${identifier(WEIGHT)} FROM (VALUES ${known}) AS known(us, row_count)`,
    );
  }
  if (plan.rest.files.length > 0 || parts.length === 0) {
    const rows = await tableSql(connection, { table, plan: plan.rest, range });
    parts.push(`SELECT ts, CAST(1 AS BIGINT) AS ${identifier(WEIGHT)} FROM (${rows})`);
  }
  return parts.join(" UNION ALL ");
}
