import type { DataFile, LakeTable } from "./lake.ts";
import { duckdbType, identifier, literal } from "./parquet/duckdb-types.ts";
import { currentSchema } from "./spec/metadata.ts";
import type { NestedField } from "./spec/types.ts";
import { internalsOf } from "./table.ts";

/** What a table needs to be read by DuckDB: pass it on to `readerSql`. */
export interface ReadSchema {
  readonly fields: readonly NestedField[];
}

/** The columns of a table with their field ids. */
export function readSchema(table: LakeTable): ReadSchema {
  return { fields: currentSchema(internalsOf(table).loaded.metadata).fields };
}

/**
 * SQL for a table expression that reads data files with the table's columns of today, usable after `FROM`.
 *
 * Top-level columns are found by field id, so files written before a column was added or promoted give NULL or
 * the wider type; members of structs are found by name, which holds because they are never renamed here.
 * DuckDB does not guess columns from folder names (`ts_day`) when a schema is given.
 *
 * @param files paths, from `LakeTable.files`; with none the expression has the columns and no rows
 */
export function readerSql(files: readonly Pick<DataFile, "path">[], schema: ReadSchema): string {
  if (files.length === 0) {
    const columns = schema.fields.map(
      (field) => `CAST(NULL AS ${duckdbType(field.type)}) AS ${identifier(field.name)}`,
    );
    return `(SELECT ${columns.join(", ")} WHERE false)`;
  }
  const members = schema.fields.map(
    ({ id, name, type }) =>
      `${id}: {name: ${literal(name)}, type: ${literal(duckdbType(type))}, default_value: NULL}`,
  );
  const paths = files.map((file) => literal(file.path)).join(", ");
  return `read_parquet([${paths}], schema = MAP {${members.join(", ")}})`;
}
