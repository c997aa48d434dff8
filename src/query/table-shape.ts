import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable } from "../lake/lake.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";

/** More tables than a lake has, in as many states as they have in a process. */
const KEPT_COUNT_MAX = 256;

// The same for every question, by the SQL that it follows from.
const kept = new Map<string, Promise<string>>();

/**
 * The shape (`shapeOf`) of a table's columns as they are read by their field ids.
 *
 * @throws lake_format_unsupported, as `readSchema`
 */
export async function tableShape(connection: DuckDBConnection, table: ReadableTable): Promise<string> {
  const select = `FROM ${readerSql([], readSchema(table))}`;
  const known = kept.get(select);
  if (known !== undefined) return known;
  if (kept.size >= KEPT_COUNT_MAX) kept.clear();
  const shape = shapeOf(connection, select);
  kept.set(select, shape);
  // What failed once may work the next time.
  shape.catch(() => kept.delete(select));
  return shape;
}

/** Names and types of a query's columns, the order inside structs included. */
export async function shapeOf(connection: DuckDBConnection, select: string): Promise<string> {
  const reader = await connection.runAndReadAll(`DESCRIBE ${select}`);
  return JSON.stringify(reader.getRowsJS().map(([name, type]) => [name, type]));
}
