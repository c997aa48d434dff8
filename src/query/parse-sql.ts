import type { DuckDBConnection } from "@duckdb/node-api";
import { isJsonObject, type JsonObject, parseJson } from "../core/json.ts";
import { literal } from "../lake/parquet/duckdb-types.ts";

/**
 * Parses questions by DuckDB's own parser, with whatever quotes and comments. Nothing is bound or run.
 *
 * @returns the tree that `json_deserialize_sql` takes; undefined where the text is no question, or no SQL
 */
export async function parseSql(connection: DuckDBConnection, sql: string): Promise<JsonObject | undefined> {
  const reader = await connection.runAndReadAll(
    `SELECT CAST(json_serialize_sql(${literal(sql)}) AS VARCHAR)`,
  );
  const tree = parseJson(reader.getRowsJS()[0]?.[0] as string);
  return isJsonObject(tree) && tree["error"] !== true ? tree : undefined;
}
