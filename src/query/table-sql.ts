import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable, TsRange } from "../lake/lake.ts";
import { identifier, literal } from "../lake/parquet/duckdb-types.ts";
import type { FileToRead, ReadPlan } from "../lake/plan-read.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";
import { invalid } from "./check-statement.ts";
import { shapeOf, tableShape } from "./table-shape.ts";
import { withoutDeleted } from "./without-deleted.ts";

/** ECS's words for what happened: a few values of many rows each, beside the raw event, the widest column of all. */
const SCANNED_LAST = "event";

type Source = (files: readonly FileToRead[]) => string;

/**
 * SQL for the rows of a table in some files, with the table's columns and without the rows that other engines deleted.
 *
 * Files that hold just the columns of today are read by name: read by field id (`readerSql`), DuckDB reads whole structs where a
 * question needs one member, the raw events among them, and takes ten times as long.
 *
 * DuckDB tries a question's conditions in the order in which columns are scanned, and reads no page of a column for rows that are
 * ruled out already. A condition on `event` rules out few of them, so it is scanned last.
 *
 * @param plan from `planRead`, the files as they can be opened on this machine
 * @param range bounds `ts` row by row
 * @throws query_invalid where a range is given and the table has no `ts`
 */
export async function tableSql(
  connection: DuckDBConnection,
  options: { readonly table: ReadableTable; readonly plan: ReadPlan; readonly range: TsRange },
): Promise<string> {
  const { table, plan, range } = options;
  const schema = readSchema(table);
  const columns = schema.fields.map(({ name }) => identifier(name)).join(", ");
  const where = conditionOf(table, range);
  const scanned = scanOrder(schema.fields.map(({ name }) => name))
    .map(identifier)
    .join(", ");
  const select = (source: string): string =>
    `SELECT ${columns} FROM (SELECT ${scanned} FROM ${source})${where}`;
  const byId: Source = (files) => readerSql(files, schema);
  const plain = plan.files.filter(({ leafKey }) => leafKey !== undefined && leafKey === schema.leafKey);
  const [first] = plain;
  const isAlike =
    first !== undefined &&
    (await shapeOf(connection, `SELECT ${columns} FROM ${byName([first])}`)) ===
      (await tableShape(connection, table));
  const whole = isAlike ? plain : [];
  const others = plan.files.filter((file) => !whole.includes(file));
  const sources = [
    ...(await withoutDeleted(connection, { files: whole, deletes: plan.deletes, columns, source: byName })),
    ...(await withoutDeleted(connection, { files: others, deletes: plan.deletes, columns, source: byId })),
  ];
  return (sources.length === 0 ? [byId([])] : sources).map(select).join(" UNION ALL ");
}

function scanOrder(names: readonly string[]): readonly string[] {
  const isLast = (name: string): boolean => name === SCANNED_LAST;
  return [...names.filter((name) => !isLast(name)), ...names.filter(isLast)];
}

/** Reads files by the names of their columns; the first says the types, the others are converted to them. */
function byName(files: readonly FileToRead[]): string {
  return `read_parquet([${files.map(({ path }) => literal(path)).join(", ")}], hive_partitioning = false)`;
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
