import type { Json } from "./json.ts";

/**
 * A normalized event: a nested document whose keys are column names.
 *
 * Instants are text `YYYY-MM-DDTHH:MM:SS[.ffffff]Z` with at most six fraction digits, `long` values are
 * numbers or `bigint`, absent values are left out. `ts` is always there.
 */
export interface Row {
  ts: string;
  [column: string]: Json | undefined;
}
