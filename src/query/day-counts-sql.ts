import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable, TsRange } from "../lake/lake.ts";
import type { CountPlan } from "./plan-counts.ts";
import { tableSql } from "./table-sql.ts";

/** By way of a timestamp without a zone: the calendar of zones takes five times as long. */
const DAY = `CAST(make_timestamp(epoch_us("ts")) AS DATE)`;

/**
 * SQL for the number of rows of each day of UTC that has any: columns `day` and `row_count`, in the order of days.
 *
 * @param plan from `planCounts`, the files to be read as they can be opened on this machine
 * @param range bounds `ts` row by row
 */
export async function dayCountsSql(
  connection: DuckDBConnection,
  options: { readonly table: ReadableTable; readonly plan: CountPlan; readonly range: TsRange },
): Promise<string> {
  const { table, plan, range } = options;
  const known = [...plan.counts].map(([day, count]) => `(${day}, ${count})`).join(", ");
  const parts: string[] = [];
  if (known !== "") {
    parts.push(
      `SELECT DATE '1970-01-01' + day AS day, row_count FROM (VALUES ${known}) AS known(day, row_count)`,
    );
  }
  if (plan.rest.files.length > 0 || parts.length === 0) {
    const rows = await tableSql(connection, { table, plan: plan.rest, range });
    parts.push(`SELECT ${DAY} AS day, count(*) AS row_count FROM (${rows}) GROUP BY ALL`);
  }
  return `SELECT day, CAST(sum(row_count) AS BIGINT) AS row_count FROM (${parts.join(" UNION ALL ")}) GROUP BY day ORDER BY day`;
}
