import type { RereadDays, Stream } from "../duo/tables/table.ts";
import type { DataFile } from "../lake/lake.ts";

const DAY_MS = 86_400_000;
/** As the re-reads go where a stream asks for nothing else (docs/spec/pull.md, "Re-reads"). */
const DAYS_NORMAL: RereadDays = { daily: 2, weekly: 14 };
/** What a v1 log, which takes no limit, shows in a page. */
const LIST_ROW_COUNT = 1_000;

/**
 * Estimates the requests a day that re-reads take: those of the daily one and a seventh of the weekly one's; pure.
 *
 * @param rowCounts rows of the days that each of the two reads
 * @returns rounded up; 0 for a gauge, which is not read again
 */
export function rereadRequestsPerDay(
  stream: Pick<Stream, "paging" | "pageRowCountMax">,
  rowCounts: { readonly daily: number; readonly weekly: number },
): number {
  if (stream.paging === "gauge") return 0;
  const { daily, weekly } = rereadRequests(stream, rowCounts);
  return Math.ceil(daily + weekly / 7);
}

/** Requests that one daily and one weekly re-read take; at least one each, for an empty answer is one too; pure. */
export function rereadRequests(
  { pageRowCountMax }: Pick<Stream, "pageRowCountMax">,
  rowCounts: { readonly daily: number; readonly weekly: number },
): { readonly daily: number; readonly weekly: number } {
  const pages = (rowCount: number): number =>
    Math.max(1, Math.ceil(rowCount / (pageRowCountMax || LIST_ROW_COUNT)));
  return { daily: pages(rowCounts.daily), weekly: pages(rowCounts.weekly) };
}

/** How many days back a stream is read again; pure. */
export function rereadDaysOf({ rereadDays = DAYS_NORMAL }: Pick<Stream, "rereadDays">): RereadDays {
  return rereadDays;
}

/**
 * Estimates from the bounds of its files how many rows a table has of the last days; pure.
 *
 * @param files all that may hold such rows
 */
export function rowsOfLastDays(
  files: readonly DataFile[],
  { days, nowMs }: { readonly days: number; readonly nowMs: number },
): number {
  const fromUs = (nowMs - days * DAY_MS) * 1000;
  let count = 0;
  for (const { rowCount, tsMinUs = fromUs, tsMaxUs = Infinity } of files) {
    if (tsMaxUs < fromUs) continue;
    const isCut = tsMinUs < fromUs && Number.isFinite(tsMaxUs);
    count += isCut ? (rowCount * (tsMaxUs - fromUs)) / (tsMaxUs - tsMinUs) : rowCount;
  }
  return Math.round(count);
}
