import type { NestedField } from "../spec/types.ts";
import type { Duckdb } from "./duckdb.ts";
import { jsonColumns, literal } from "./duckdb-types.ts";
import { writeParquet, type WrittenFile } from "./write-parquet.ts";

/** DuckDB reserves two buffers of this size for each thread, so it follows the longest line. */
const LINE_BYTES_MIN = 1024 * 1024;

/**
 * Writes the rows of an NDJSON file as Parquet, in the order of `ts`, one file for each day: one statement, whatever the rows.
 *
 * `day` is given when all rows are of one day; then DuckDB need not split them and the file is strictly in order.
 */
export function copyRows(
  duckdb: Duckdb,
  options: {
    readonly source: string;
    readonly lineBytesMax: number;
    readonly fields: readonly NestedField[];
    /** An empty or missing folder of the caller's own. */
    readonly folder: string;
    readonly day: number | undefined;
    /** True where the rows stand in the order of `ts` already; sorting them again would double the cost. */
    readonly isSorted: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<WrittenFile[]> {
  return writeParquet(duckdb, { ...options, source: readJson(options) });
}

/** Finds out whether rows can be stored, without writing anything: every value is converted and looked at. */
export async function probeRows(
  duckdb: Duckdb,
  options: {
    readonly source: string;
    readonly lineBytesMax: number;
    readonly fields: readonly NestedField[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  await duckdb.rows(`SELECT max(hash(line)) AS hash FROM ${readJson(options)} AS line`, options.signal);
}

function readJson(options: {
  readonly source: string;
  readonly lineBytesMax: number;
  readonly fields: readonly NestedField[];
}): string {
  const settings = [
    literal(options.source),
    `columns = ${jsonColumns(options.fields)}`,
    "format = 'newline_delimited'",
    "compression = 'uncompressed'",
    `maximum_object_size = ${Math.max(LINE_BYTES_MIN, options.lineBytesMax + 1)}`,
  ];
  return `read_json(${settings.join(", ")})`;
}
