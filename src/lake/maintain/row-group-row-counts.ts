import { ROW_GROUP_ROW_COUNT } from "../parquet/write-parquet.ts";

/**
 * A day of so many rows becomes one row group: to open a file costs by row groups, so all years of such a table are asked in two
 * thirds of the time (docs/benchmarks.md). Larger days would take twice as long to be written, and gain less.
 */
const WHOLE_DAY_ROW_COUNT_MAX = 45_056;
/** DuckDB has no row groups of fewer rows than the last; it is tried twice, with smaller slices the second time. */
const ROW_COUNTS: readonly number[] = [ROW_GROUP_ROW_COUNT, 6_144, 2_048, 2_048];

/**
 * How many rows a row group of a compacted file may have, the wanted number first; the others are for memory that does not suffice.
 * Pure.
 *
 * @param rowCount of the whole file
 */
export function rowGroupRowCounts(rowCount: number): readonly number[] {
  const isWhole = rowCount > ROW_GROUP_ROW_COUNT && rowCount <= WHOLE_DAY_ROW_COUNT_MAX;
  return isWhole ? [WHOLE_DAY_ROW_COUNT_MAX, ...ROW_COUNTS] : ROW_COUNTS;
}
