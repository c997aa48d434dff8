import { findTable } from "../duo/tables/index.ts";
import type { Stream } from "../duo/tables/table.ts";

/**
 * The stream that feeds a table; pure.
 *
 * @param table short name
 * @param name of the stream; where it is not known, the one that is asked first
 */
export function streamOf(table: string, name: string | undefined): Stream | undefined {
  const streams = findTable(table)?.streams;
  return streams?.find((one) => one.name === name) ?? streams?.[0];
}
