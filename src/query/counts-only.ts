import type { DuckDBConnection } from "@duckdb/node-api";
import { stringifyJson } from "../core/json.ts";
import type { ReadableTable } from "../lake/lake.ts";
import { literal } from "../lake/parquet/duckdb-types.ts";
import { countQuestion } from "./count-question.ts";
import { mentions } from "./mentions.ts";
import type { ParsedQuestion } from "./parsed-question.ts";
import { canBeCounted } from "./plan-counts.ts";

const COUNT = /\bcount\b/i;

/**
 * Rewrites a question that only counts rows by days (`countQuestion`) for a view of `dayWeightsSql`, so that no file of a whole day
 * need be opened.
 *
 * @returns the table it counts and its new text; undefined where it asks for more
 */
export async function countsOnly(
  connection: DuckDBConnection,
  { sql, tree, tables }: ParsedQuestion,
): Promise<{ readonly table: ReadableTable; readonly sql: string } | undefined> {
  const countable = tables.filter((table) => canBeCounted(table) && mentions(sql, table.name));
  if (!COUNT.test(sql) || countable.length === 0) return undefined;
  const question = tree && countQuestion(tree, countable);
  if (question === undefined) return undefined;
  const reader = await connection.runAndReadAll(
    `SELECT json_deserialize_sql(${literal(stringifyJson(question.tree))})`,
  );
  return { table: question.table, sql: reader.getRowsJS()[0]?.[0] as string };
}
