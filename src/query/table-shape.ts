import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable } from "../lake/lake.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";

/** More than the tables of a lake and their newest files, in as many states as they have while a process runs. */
const KEPT_COUNT_MAX = 256;

// Files never change, and the columns of a table are in the SQL: a shape is the same for every question.
const kept = new Map<string, string>();

/**
 * The shape (`shapeOf`) of a table's columns as they are read by their field ids.
 *
 * @throws lake_format_unsupported, as `readSchema`
 */
export async function tableShape(connection: DuckDBConnection, table: ReadableTable): Promise<string> {
  return shapeOf(connection, `FROM ${readerSql([], readSchema(table))}`);
}

/** Names and types of a query's columns, the order inside structs included; asked once in the life of a process. */
export async function shapeOf(connection: DuckDBConnection, select: string): Promise<string> {
  const known = kept.get(select);
  if (known !== undefined) return known;
  const reader = await connection.runAndReadAll(`DESCRIBE ${select}`);
  const shape = JSON.stringify(reader.getRowsJS().map(([name, type]) => [name, type]));
  // Kept when it is there, not while it is asked: another question must not end with the one that asked first.
  if (kept.size >= KEPT_COUNT_MAX) kept.clear();
  kept.set(select, shape);
  return shape;
}
