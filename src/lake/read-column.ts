import { lakeError } from "./lake-error.ts";
import type { LakeTable } from "./lake.ts";
import { identifier } from "./parquet/duckdb-types.ts";
import { readSchema, readerSql } from "./reader-sql.ts";
import type { NestedField } from "./spec/types.ts";
import { internalsOf } from "./table.ts";

/** DuckDB opens the files of one statement side by side; more of them would cost memory. */
const FILE_COUNT_MAX = 256;

/** One row's `ts`, in microseconds since 1970, and the value asked for. */
export interface ColumnValue {
  readonly tsUs: number;
  readonly value: string;
}

/**
 * Reads one text column of the rows in a range of `ts` and nothing else of the table, some thousand rows at a
 * time; rows where it is null are left out. Files that cannot hold such rows are not opened.
 *
 * @param table at the snapshot to read
 * @param options `path` names the column, from the top; both ends of the range are included
 * @throws lake_metadata_invalid, lake_unwritable (a file cannot be read), stopped
 */
export async function* readColumn(
  table: LakeTable,
  options: {
    readonly path: readonly string[];
    readonly fromUs: number;
    readonly toUs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): AsyncGenerator<readonly ColumnValue[]> {
  const { path, fromUs, toUs, signal } = options;
  const planned = await table.files({ fromUs });
  const files = planned.filter(
    (file) => toUs === undefined || file.tsMinUs === undefined || file.tsMinUs <= toUs,
  );
  const { fields } = readSchema(table);
  const wanted = [...narrowed(fields, ["ts"]), ...narrowed(fields, path)];
  const value = path.map(identifier).join(".");
  const conditions = [
    `"ts" >= make_timestamptz(${fromUs})`,
    ...(toUs === undefined ? [] : [`"ts" <= make_timestamptz(${toUs})`]),
    `${value} IS NOT NULL`,
  ];
  const { duckdb } = internalsOf(table).tools;
  try {
    for (let at = 0; at < files.length; at += FILE_COUNT_MAX) {
      const source = readerSql(files.slice(at, at + FILE_COUNT_MAX), { fields: wanted });
      const sql = `SELECT epoch_us("ts"), ${value} FROM ${source} WHERE ${conditions.join(" AND ")}`;
      for await (const rows of duckdb.stream(sql, signal)) {
        yield rows.map(([tsUs, text]) => ({ tsUs: Number(tsUs), value: text as string }));
      }
    }
  } catch (error) {
    throw lakeError(error, `read table ${table.name}`);
  }
}

/** The one field at a path, with nothing beside it, so that DuckDB reads no other column. */
function narrowed(fields: readonly NestedField[], path: readonly string[]): readonly NestedField[] {
  const [name, ...rest] = path;
  const field = fields.find((item) => item.name === name);
  if (field === undefined) {
    throw new RangeError(`Cannot read a column: the table has no ${JSON.stringify(name)} there`);
  }
  if (rest.length === 0) return [field];
  if (typeof field.type !== "object" || field.type.type !== "struct") {
    throw new RangeError(`Cannot read a column: ${field.name} is no struct`);
  }
  return [{ ...field, type: { type: "struct", fields: narrowed(field.type.fields, rest) } }];
}
