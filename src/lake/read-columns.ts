import { lakeError } from "./lake-error.ts";
import type { DataFile, LakeTable } from "./lake.ts";
import { leaseFiles } from "./leased-files.ts";
import { identifier } from "./parquet/duckdb-types.ts";
import { readSchema, readerSql } from "./reader-sql.ts";
import type { FieldType, NestedField } from "./spec/types.ts";
import { internalsOf } from "./table.ts";

/** DuckDB opens the files of one statement side by side; more of them would cost memory. */
const FILE_COUNT_MAX = 256;

/** What a column may hold: an instant is microseconds since 1970, a `long` is a bigint. */
export type ColumnCell = string | number | bigint | boolean | null;

const TYPES: ReadonlySet<FieldType> = new Set(["boolean", "int", "long", "float", "double", "string"]);
const INSTANTS: ReadonlySet<FieldType> = new Set(["timestamp", "timestamptz"]);

/**
 * Reads some columns of a table and nothing else of it, some thousand rows at a time. Files that cannot hold a row of
 * the range are not opened; the rows of one file come as they stand in it.
 *
 * @param table at the snapshot to read
 * @param options `paths` name the columns, each from the top; each row has their values in this order.
 *   `fromUs` and `toUs` bound `ts` (microseconds since 1970, both included); `files` are the files to read instead of
 *   all of the snapshot; `withDeletedRows` reads what another engine deleted by row as well, as `LakeTable.files` says
 * @throws lake_metadata_invalid, lake_unwritable (a file cannot be read), lake_format_unsupported, stopped; RangeError
 *   where the table lacks a column, or its type is none that a `ColumnCell` holds
 */
export async function* readColumns(
  table: LakeTable,
  options: {
    readonly paths: readonly (readonly string[])[];
    readonly fromUs?: number | undefined;
    readonly toUs?: number | undefined;
    readonly files?: readonly DataFile[] | undefined;
    readonly withDeletedRows?: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): AsyncGenerator<readonly (readonly ColumnCell[])[]> {
  const { paths, fromUs, toUs, withDeletedRows, signal } = options;
  const { fields } = readSchema(table);
  const columns = paths.map((path) => columnSql(fields, path));
  const isBounded = fromUs !== undefined || toUs !== undefined;
  const wanted = narrowed(fields, isBounded ? [["ts"], ...paths] : paths);
  const condition = [
    ...(fromUs === undefined ? [] : [`"ts" >= make_timestamptz(${fromUs})`]),
    ...(toUs === undefined ? [] : [`"ts" <= make_timestamptz(${toUs})`]),
  ].join(" AND ");
  const known =
    options.files ?? (await table.files({ withDeletedRows, ...(fromUs !== undefined && { fromUs }) }));
  const files = known.filter((file) => mayHold(file, { fromUs, toUs }));
  const { duckdb } = internalsOf(table).tools;
  try {
    for (let at = 0; at < files.length; at += FILE_COUNT_MAX) {
      const leased = await leaseFiles(table, files.slice(at, at + FILE_COUNT_MAX));
      try {
        const source = readerSql(leased.files, { fields: wanted });
        const sql = `SELECT ${columns.join(", ")} FROM ${source}${isBounded ? ` WHERE ${condition}` : ""}`;
        for await (const rows of duckdb.stream(sql, signal)) yield rows as ColumnCell[][];
      } finally {
        await leased.release();
      }
    }
  } catch (error) {
    throw lakeError(error, `read table ${table.name}`);
  }
}

function mayHold(
  { tsMinUs, tsMaxUs }: DataFile,
  { fromUs, toUs }: { readonly fromUs: number | undefined; readonly toUs: number | undefined },
): boolean {
  const isBefore = fromUs !== undefined && tsMaxUs !== undefined && tsMaxUs < fromUs;
  const isAfter = toUs !== undefined && tsMinUs !== undefined && tsMinUs > toUs;
  return !isBefore && !isAfter;
}

/** The expression of one column; DuckDB would make an instant a `Date`, which has no microseconds. */
function columnSql(fields: readonly NestedField[], path: readonly string[]): string {
  const type = path.reduce<FieldType>(
    (outer, name) => {
      const inner = typeof outer === "object" && outer.type === "struct" ? outer.fields : [];
      return fieldOf(inner, name).type;
    },
    { type: "struct", fields },
  );
  const sql = path.map(identifier).join(".");
  if (TYPES.has(type)) return sql;
  // Beyond the year 2255 a double is not exact, and no log has such an instant.
  if (INSTANTS.has(type)) return `CAST(epoch_us(${sql}) AS DOUBLE)`;
  throw new RangeError(`Cannot read a column: the type of ${sql} is none that can be read so`);
}

/** The fields at the paths, which are there, with nothing beside them, so that DuckDB reads no other column. */
function narrowed(
  fields: readonly NestedField[],
  paths: readonly (readonly string[])[],
): readonly NestedField[] {
  return [...new Set(paths.map(([name]) => name))].map((name) => {
    const field = fieldOf(fields, name);
    if (typeof field.type !== "object" || field.type.type !== "struct") return field;
    const inner = paths.filter((path) => path[0] === name).map((path) => path.slice(1));
    return { ...field, type: { type: "struct", fields: narrowed(field.type.fields, inner) } };
  });
}

function fieldOf(fields: readonly NestedField[], name: string | undefined): NestedField {
  const field = fields.find((item) => item.name === name);
  if (field !== undefined) return field;
  throw new RangeError(`Cannot read a column: the table has no ${JSON.stringify(name)} there`);
}
