import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable } from "../lake/lake.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";

// A question looks at its tables' shapes more than once, and first while it has to wait anyway.
const kept = new WeakMap<ReadableTable, Promise<string>>();

/**
 * The shape (`shapeOf`) of a table's columns as they are read by their field ids.
 *
 * @throws lake_format_unsupported, as `readSchema`
 */
export function tableShape(connection: DuckDBConnection, table: ReadableTable): Promise<string> {
  const known = kept.get(table);
  if (known !== undefined) return known;
  const shape = describe(connection, table);
  kept.set(table, shape);
  return shape;
}

async function describe(connection: DuckDBConnection, table: ReadableTable): Promise<string> {
  return shapeOf(connection, `FROM ${readerSql([], readSchema(table))}`);
}

/** Names and types of a query's columns, the order inside structs included. */
export async function shapeOf(connection: DuckDBConnection, select: string): Promise<string> {
  const reader = await connection.runAndReadAll(`DESCRIBE ${select}`);
  return JSON.stringify(reader.getRowsJS().map(([name, type]) => [name, type]));
}
