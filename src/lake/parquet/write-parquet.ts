import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NestedField } from "../spec/types.ts";
import { dateDays } from "../spec/instant.ts";
import type { Duckdb } from "./duckdb.ts";
import { fieldIds, identifier, literal } from "./duckdb-types.ts";
import { type ColumnStatistics, type Metrics, metricsOf } from "./metrics.ts";

/** Half as many make the files a tenth larger; with twice as many, files of several groups take DuckDB twice as long. */
export const ROW_GROUP_ROW_COUNT = 24_576;

/**
 * A sixth smaller than with zstd's own 3, for 35 µs of CPU time a row instead of 22: files are written once, kept for years, and
 * read as fast.
 */
const ZSTD_LEVEL = 9;

/** One finished Parquet file that is not in the table's folder yet. */
export interface WrittenFile {
  readonly path: string;
  /** Days since 1970. */
  readonly day: number;
  readonly rowCount: number;
  /** As the file system says: readers look for the footer at the end of exactly so many bytes. */
  readonly sizeBytes: number;
  /** Whether its rows are in the order of `ts` from the first to the last. */
  readonly isSorted: boolean;
  readonly metrics: Metrics;
}

/**
 * Writes the rows of a table expression as Parquet, in the order of `ts`, one file for each day: one statement, whatever the rows.
 * Compaction writes with it; what pulls bring is written by `row-writer.ts`.
 *
 * `day` is given when all rows are of one day; then DuckDB need not split them and the file is strictly in order.
 */
export async function writeParquet(
  duckdb: Duckdb,
  options: {
    /** SQL that stands after `FROM`; its columns have the names and types of the fields. */
    readonly source: string;
    readonly fields: readonly NestedField[];
    /** An empty or missing folder of the caller's own. */
    readonly folder: string;
    readonly day: number | undefined;
    /** True where the rows stand in the order of `ts` already; sorting them again would double the cost. */
    readonly isSorted: boolean;
    /** DuckDB holds so many rows in memory before it writes them; fewer make the file larger and slower to read. */
    readonly rowGroupRowCount?: number;
    /** zstd's; what is read once and removed needs a low one. */
    readonly compressionLevel?: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<WrittenFile[]> {
  const { source, folder, fields, day, isSorted } = options;
  const { rowGroupRowCount = ROW_GROUP_ROW_COUNT, compressionLevel = ZSTD_LEVEL } = options;
  const target = day === undefined ? folder : join(folder, "rows.parquet");
  await mkdir(dirname(target), { recursive: true });
  const names = fields.map((field) => identifier(field.name));
  const select = day === undefined ? [...names, `CAST("ts" AS DATE) AS "ts_day"`] : names;
  const settings = [
    "FORMAT parquet",
    "COMPRESSION zstd",
    `COMPRESSION_LEVEL ${compressionLevel}`,
    `ROW_GROUP_SIZE ${rowGroupRowCount}`,
    // DuckDB makes them for columns with a dictionary, which says the same: a fortieth of the file, and no question tried is faster.
    "WRITE_BLOOM_FILTER false",
    "RETURN_STATS",
    `FIELD_IDS ${fieldIds(fields)}`,
    ...(day === undefined ? [`PARTITION_BY ("ts_day")`, "FILENAME_PATTERN '{uuidv7}'"] : []),
  ];
  const rows = await duckdb.rows(
    `COPY (SELECT ${select.join(", ")} FROM ${source}${isSorted ? "" : ' ORDER BY "ts"'}) TO ${literal(target)} (${settings.join(", ")})`,
    options.signal,
  );
  const metrics = metricsOf(fields);
  return Promise.all(rows.map((row) => writtenFile(row, { day, metrics })));
}

async function writtenFile(
  row: Record<string, unknown>,
  { day, metrics }: { readonly day: number | undefined; readonly metrics: ReturnType<typeof metricsOf> },
): Promise<WrittenFile> {
  const path = row["filename"] as string;
  const status = await stat(path);
  return {
    path,
    day: day ?? partitionDay(row["partition_keys"]),
    rowCount: Number(row["count"]),
    sizeBytes: status.size,
    // With several days DuckDB writes each file in pieces.
    isSorted: day !== undefined,
    metrics: metrics(row["column_statistics"] as ColumnStatistics),
  };
}

function partitionDay(keys: unknown): number {
  const [key] = keys as readonly { readonly value: string }[];
  const day = dateDays(key?.value ?? "");
  if (day === undefined) throw new RangeError(`Cannot tell the day of a partition, got ${key?.value ?? ""}`);
  return day;
}
