import type { DuckDBConnection } from "@duckdb/node-api";
import { type Json, parseJson } from "../core/json.ts";
import { literal } from "../lake/parquet/duckdb-types.ts";

/**
 * Names the functions that a question calls, as DuckDB's own parser reads it, with whatever quotes and comments. Nothing is
 * bound or run.
 *
 * @returns undefined where the text is no question, or no SQL
 */
export async function calledFunctions(
  connection: DuckDBConnection,
  sql: string,
): Promise<readonly string[] | undefined> {
  const reader = await connection.runAndReadAll(
    `SELECT CAST(json_serialize_sql(${literal(sql)}) AS VARCHAR)`,
  );
  const tree = parseJson(reader.getRowsJS()[0]?.[0] as string) as Readonly<Record<string, Json>>;
  return tree["error"] === true ? undefined : namesIn(tree);
}

function namesIn(node: Json): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "function_name" && typeof value === "string" ? [value] : namesIn(value),
  );
}
