import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataFile, ReadableTable, TsRange } from "../lake/lake.ts";
import { identifier, literal } from "../lake/parquet/duckdb-types.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";
import { invalid } from "./check-statement.ts";

/**
 * SQL for the rows of a table in some files, with the table's columns.
 *
 * Files that hold just the columns of today are read by name: read by field id (`readerSql`), DuckDB reads whole structs where a
 * question needs one member, the raw events among them, and takes ten times as long.
 *
 * @param files from `LakeTable.files`, as they can be opened on this machine
 * @param range bounds `ts` row by row
 * @throws query_invalid where a range is given and the table has no `ts`
 */
export async function tableSql(
  connection: DuckDBConnection,
  options: { readonly table: ReadableTable; readonly files: readonly DataFile[]; readonly range: TsRange },
): Promise<string> {
  const { table, files, range } = options;
  const schema = readSchema(table);
  const columns = schema.fields.map(({ name }) => identifier(name)).join(", ");
  const where = conditionOf(table, range);
  const select = (source: string): string => `SELECT ${columns} FROM ${source}${where}`;
  const plain = files.filter(({ leafKey }) => leafKey !== undefined && leafKey === schema.leafKey);
  const [first] = plain;
  const isAlike =
    first !== undefined &&
    (await shapeOf(connection, select(byName([first])))) ===
      (await shapeOf(connection, select(readerSql([first], schema))));
  if (!isAlike) return select(readerSql(files, schema));
  const others = files.filter((file) => !plain.includes(file));
  const rest = others.length === 0 ? [] : [select(readerSql(others, schema))];
  return [select(byName(plain)), ...rest].join(" UNION ALL ");
}

/** Reads files by the names of their columns; the first says the types, the others are converted to them. */
function byName(files: readonly DataFile[]): string {
  return `read_parquet([${files.map(({ path }) => literal(path)).join(", ")}], hive_partitioning = false)`;
}

/** Names and types of a query's columns, the order inside structs included. */
async function shapeOf(connection: DuckDBConnection, select: string): Promise<string> {
  const reader = await connection.runAndReadAll(`DESCRIBE ${select}`);
  return JSON.stringify(reader.getRowsJS().map(([name, type]) => [name, type]));
}

function conditionOf(table: ReadableTable, { fromUs, toUs }: TsRange): string {
  if (fromUs === undefined && toUs === undefined) return "";
  if (!table.columns.some(({ name, type }) => name === "ts" && type === "timestamptz")) {
    throw invalid(`table ${table.name} has no ts of type timestamptz to be bounded`, "");
  }
  const bounds = [
    ...(fromUs === undefined ? [] : [`"ts" >= make_timestamptz(${fromUs})`]),
    ...(toUs === undefined ? [] : [`"ts" <= make_timestamptz(${toUs})`]),
  ];
  return ` WHERE ${bounds.join(" AND ")}`;
}
