import type { DuckDBConnection } from "@duckdb/node-api";
import { DuolakeError } from "../core/errors.ts";
import { literal } from "../lake/parquet/duckdb-types.ts";
import type { FileToRead, PositionDeletes } from "../lake/plan-read.ts";

/** DuckDB tells a row's file and position under these names, unless the file has such columns. */
const CLASHING = /"(?:filename|file_row_number)"/i;
/** Hadoop writes `file:/srv/lake` and `file:///srv/lake` for `/srv/lake`; rows of a file by another name would not be gone. */
const PLAIN_PATH = "regexp_replace(file_path, '^file:/+', '/')";

/**
 * SQL for table expressions that together read files without the rows that are deleted in them. Most files have none such, and
 * those are read as if there were no deletes at all.
 *
 * @param options `columns` are those wanted, in SQL; `source` reads files whole
 * @returns none where there is no file
 * @throws lake_format_unsupported where a column has a name that DuckDB needs for positions
 */
export async function withoutDeleted(
  connection: DuckDBConnection,
  options: {
    readonly files: readonly FileToRead[];
    readonly deletes: readonly PositionDeletes[];
    readonly columns: string;
    readonly source: (files: readonly FileToRead[]) => string;
  },
): Promise<readonly string[]> {
  const { files, deletes, columns, source } = options;
  const named = deletes.length === 0 || files.length === 0 ? new Set() : await namesIn(connection, deletes);
  const hit = files.filter(({ tablePath }) => named.has(plainPath(tablePath)));
  const untouched = files.filter((file) => !hit.includes(file));
  const whole = untouched.length === 0 ? [] : [source(untouched)];
  if (hit.length === 0) return whole;
  if (CLASHING.test(columns)) {
    throw new DuolakeError(
      "lake_format_unsupported",
      `Cannot read a table with row-level deletes: it has a column of the name that positions go by, got ${columns}`,
    );
  }
  const rows = `SELECT ${columns}, filename AS "duolake.file", file_row_number AS "duolake.row" FROM ${source(hit)}`;
  const gone = deletedIn(hit, deletes);
  const anti = `(SELECT ${columns} FROM (${rows}) AS kept ANTI JOIN (${gone}) AS gone ON kept."duolake.file" = gone.file AND kept."duolake.row" = gone.pos)`;
  return [...whole, anti];
}

/** Which rows are gone: of the files under the names that they are opened by, by the deletes that are not older than they. */
function deletedIn(hit: readonly FileToRead[], deletes: readonly PositionDeletes[]): string {
  const names = hit.map(
    ({ tablePath, path, sequenceNumber }) =>
      `(${literal(plainPath(tablePath))}, ${literal(path)}, ${sequenceNumber})`,
  );
  const all = deletes.map(
    ({ path, sequenceNumber }) =>
      `SELECT ${PLAIN_PATH} AS file_path, pos, ${sequenceNumber} AS sequence_number FROM ${reader([path])}`,
  );
  return `SELECT name.file, gone.pos FROM (${all.join(" UNION ALL ")}) AS gone JOIN (VALUES ${names.join(", ")}) AS name(file_path, file, sequence_number) ON gone.file_path = name.file_path AND name.sequence_number <= gone.sequence_number`;
}

function plainPath(path: string): string {
  return path.replace(/^file:\/+/, "/");
}

async function namesIn(
  connection: DuckDBConnection,
  deletes: readonly PositionDeletes[],
): Promise<ReadonlySet<unknown>> {
  const sql = `SELECT DISTINCT ${PLAIN_PATH} FROM ${reader(deletes.map(({ path }) => path))}`;
  const result = await connection.runAndReadAll(sql);
  return new Set(result.getRowsJS().map(([name]) => name));
}

function reader(paths: readonly string[]): string {
  return `read_parquet([${paths.map(literal).join(", ")}], hive_partitioning = false)`;
}
