import { rm } from "node:fs/promises";
import { join } from "node:path";
import { throwIfStopped } from "../../core/clock.ts";
import { DuolakeError } from "../../core/errors.ts";
import { lakeError } from "../lake-error.ts";
import type { DataFile, LakeTable, StagedFile } from "../lake.ts";
import { leaseFiles } from "../leased-files.ts";
import { adoptFiles } from "../parquet/adopt-files.ts";
import { type Duckdb, DuckdbError } from "../parquet/duckdb.ts";
import { writeParquet, type WrittenFile } from "../parquet/write-parquet.ts";
import { tsOrderId } from "../spec/ts-order.ts";
import { readSchema, type ReadSchema, readerSql } from "../reader-sql.ts";
import { internalsOf } from "../table.ts";
import type { CompactionGroup } from "./plan-compaction.ts";
import { rowGroupRowCounts } from "./row-group-row-counts.ts";

/** Writes the rows of a group's files into new ones and gives those; the caller commits or discards them. */
export type RewriteFiles = (
  table: LakeTable,
  group: CompactionGroup,
  signal: AbortSignal | undefined,
) => Promise<readonly StagedFile[]>;

/** DuckDB sorts so many rows in its memory; of wide ones about twice as many fit. */
const SORTED_ROW_COUNT_MAX = 32_768;
/** So many it sorts with a second thread too, in half the time: most of it opens files, hundreds of them. */
const SORTED_BY_TWO_ROW_COUNT_MAX = 24_576;
/** Rows may be wider than usual: where memory does not suffice, so many times as many slices are made, and smaller row groups. */
const NARROWING_FACTOR = 4;
/** Slices are read once and removed. */
const SLICE_ZSTD_LEVEL = 1;

/**
 * Writes the rows of a group's files, whatever columns the table had when they were written, into one file, in the order of
 * `ts`. No value changes.
 *
 * The DuckDB that does it is not the one that writes what pulls bring: a large sort would take its memory.
 *
 * @throws lake_metadata_invalid where the files hold more or fewer rows than the table says; lake_full, lake_unwritable, stopped
 */
export const rewriteFiles: RewriteFiles = async (table, { day, files }, signal) => {
  const { tools, loaded } = internalsOf(table);
  const folder = tools.spools.next();
  const leased = await leaseFiles(table, files);
  const work: Omit<Work, "rowGroupRowCount"> = {
    duckdb: tools.compactor,
    schema: readSchema(table),
    folder,
    day,
    signal,
  };
  const before = sum(files);
  const isSorted = before > SORTED_BY_TWO_ROW_COUNT_MAX && areInOrder(files, tsOrderId(loaded.metadata));
  try {
    const sliceCount = isSorted ? 1 : Math.ceil(before / SORTED_ROW_COUNT_MAX);
    const written = await writeInOrder(work, { files: leased.files, sliceCount, isSorted });
    if (sum(written) === before) {
      return await adoptFiles(tools.store, { metadata: loaded.metadata, files: written });
    }
    throw new DuolakeError(
      "lake_metadata_invalid",
      `Cannot compact table ${table.name}: ${files.length} files from ${files[0]?.path} on must hold ${before} rows by their manifests, got ${sum(written)}`,
    );
  } catch (error) {
    throw lakeError(error, `compact table ${table.name}`);
  } finally {
    await leased.release();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
};

interface Work {
  readonly duckdb: Duckdb;
  readonly schema: ReadSchema;
  /** A folder of this call's own. */
  readonly folder: string;
  readonly day: number;
  readonly rowGroupRowCount: number;
  readonly signal: AbortSignal | undefined;
}

/** Writes rows as they come where they come in order, sorts them at once where they are few, or in slices of time that are then joined. */
async function writeInOrder(
  work: Omit<Work, "rowGroupRowCount">,
  rows: { readonly files: readonly DataFile[]; readonly sliceCount: number; readonly isSorted: boolean },
): Promise<readonly WrittenFile[]> {
  const { files, isSorted } = rows;
  const groupRowCounts = rowGroupRowCounts(sum(files));
  let count = rows.sliceCount;
  for (let narrowings = 0; ; narrowings += 1) {
    const folder = join(work.folder, String(narrowings));
    const narrowed = { ...work, rowGroupRowCount: groupRowCounts[narrowings] as number };
    const isSmall = narrowings === 0 && sum(files) <= SORTED_BY_TWO_ROW_COUNT_MAX;
    try {
      await work.duckdb.rows(`SET GLOBAL threads = ${isSmall ? 2 : 1}`, work.signal);
      if (count <= 1) return await write(narrowed, { files, folder, isSorted });
      const slices = await writeSlices(narrowed, { files, folder, count });
      return await write(narrowed, { files: slices, folder, isSorted: true });
    } catch (error) {
      const isTight = error instanceof DuckdbError && error.isOutOfMemory;
      if (!isTight || narrowings === groupRowCounts.length - 1) throw error;
      await rm(folder, { recursive: true, force: true });
      // What the attempt leaves behind adds to the next one's.
      await work.duckdb.release();
      // Rows that come in order need no slices, only the smaller row groups.
      if (!isSorted) count *= NARROWING_FACTOR;
    }
  }
}

/** True where each file is in the order of `ts`, and none begins before the one before it ends. */
function areInOrder(files: readonly DataFile[], orderId: number | undefined): boolean {
  return files.every((file, index) => {
    const before = files[index - 1];
    const isSorted = orderId !== undefined && file.sortOrderId === orderId;
    return isSorted && (before === undefined || (before.tsMaxUs ?? Infinity) <= (file.tsMinUs ?? -Infinity));
  });
}

/** Writes each slice of time to a file of its own, in order; temporary, but like data files otherwise. */
async function writeSlices(
  work: Work,
  part: { readonly files: readonly DataFile[]; readonly folder: string; readonly count: number },
): Promise<readonly WrittenFile[]> {
  const { duckdb, schema, signal } = work;
  const { files, folder, count } = part;
  const ts = schema.fields.filter((field) => field.name === "ts");
  const starts = await duckdb.rows(
    `SELECT CAST(epoch_us(min("ts")) AS DOUBLE) AS start FROM
      (SELECT "ts", ntile(${count}) OVER (ORDER BY "ts") AS slice FROM ${readerSql(files, { fields: ts })})
      GROUP BY slice ORDER BY start`,
    signal,
  );
  // Many rows at the same instant may begin several slices.
  const boundsUs = [...new Set(starts.map((row) => Number(row["start"])))];
  const slices: WrittenFile[] = [];
  for (const [index, fromUs] of boundsUs.entries()) {
    throwIfStopped(signal);
    const toUs = boundsUs[index + 1];
    const condition = [
      `"ts" >= make_timestamptz(${fromUs})`,
      ...(toUs === undefined ? [] : [`"ts" < make_timestamptz(${toUs})`]),
    ].join(" AND ");
    const inside = files.filter(
      ({ tsMinUs, tsMaxUs }) =>
        (tsMaxUs ?? fromUs) >= fromUs && (toUs === undefined || (tsMinUs ?? 0) < toUs),
    );
    const place = join(folder, String(index));
    const slice = {
      files: inside,
      folder: place,
      condition,
      isSorted: false,
      compressionLevel: SLICE_ZSTD_LEVEL,
    };
    slices.push(...(await write(work, slice)));
    // What one sort leaves behind adds to the next one's.
    await duckdb.release();
  }
  return slices;
}

function write(
  { duckdb, schema, day, signal, rowGroupRowCount }: Work,
  part: {
    readonly files: readonly Pick<DataFile, "path">[];
    readonly folder: string;
    readonly condition?: string;
    readonly isSorted: boolean;
    readonly compressionLevel?: number;
  },
): Promise<WrittenFile[]> {
  const { files, condition, ...how } = part;
  const rows = readerSql(files, schema);
  return writeParquet(duckdb, {
    source: condition === undefined ? rows : `(SELECT * FROM ${rows} WHERE ${condition})`,
    fields: schema.fields,
    day,
    signal,
    rowGroupRowCount,
    ...how,
  });
}

function sum(files: readonly { readonly rowCount: number }[]): number {
  return files.reduce((total, { rowCount }) => total + rowCount, 0);
}
