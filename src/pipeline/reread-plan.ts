import type { RereadDays } from "../duo/tables/table.ts";
import type { DataFile } from "../lake/lake.ts";
import type { BackfillState } from "./backfill-state.ts";
import type { Cursor } from "./cursor.ts";
import type { Range } from "./ranges.ts";
import type { RereadNote } from "./reread-mark.ts";
import { AVAILABILITY_DELAY_MS, RETENTION_MS } from "./window.ts";

const DAY_MS = 86_400_000;
/** Duo has delivered events fifteen hours late; a week is for what nobody has seen yet. */
const REREAD_DAYS: RereadDays = { daily: 1, weekly: 7 };
/** Identities of so many rows are held in memory at most. */
const SLICE_ROW_COUNT_MAX = 100_000;

/** Since when a table holds everything: its start, or how far the backfill has come down from there; pure. */
export function coveredFromMs({ startMs }: Cursor, state: BackfillState | undefined): number {
  const touching = state?.done.find(
    ({ fromMs, toMs }) => fromMs < startMs && toMs >= Math.floor(startMs / 1000) * 1000,
  );
  return touching?.fromMs ?? startMs;
}

/**
 * Cuts a wanted stretch down to what the table claims to hold and Duo still keeps, at whole seconds; pure.
 *
 * @returns undefined where nothing is left
 */
export function clampToCovered(
  wanted: Range,
  { coveredFromMs: coveredMs, nowMs }: { readonly coveredFromMs: number; readonly nowMs: number },
): Range | undefined {
  const earliestMs = Math.max(wanted.fromMs, coveredMs, nowMs - RETENTION_MS);
  const latestMs = Math.min(wanted.toMs, nowMs - AVAILABILITY_DELAY_MS);
  const range = { fromMs: Math.ceil(earliestMs / 1000) * 1000, toMs: Math.floor(latestMs / 1000) * 1000 };
  return range.fromMs < range.toMs ? range : undefined;
}

/**
 * Says whether the last day or the last week is to be read again now, and what to note when it was; pure.
 *
 * @param cursor the live cursor
 * @param options the present time by Duo's clock, and the stream's own number of days
 */
export function dueReread(
  cursor: Cursor,
  options: { readonly nowMs: number; readonly days: RereadDays | undefined },
): { readonly range: Range; readonly note: RereadNote } | undefined {
  const { nowMs, days = REREAD_DAYS } = options;
  const { startMs, dayRereadMs = startMs, weekRereadMs = startMs } = cursor;
  const back = (count: number): Range => ({ fromMs: nowMs - count * DAY_MS, toMs: nowMs });
  if (nowMs - weekRereadMs >= 7 * DAY_MS) {
    return { range: back(days.weekly), note: { dayRereadMs: nowMs, weekRereadMs: nowMs } };
  }
  if (nowMs - dayRereadMs >= DAY_MS) return { range: back(days.daily), note: { dayRereadMs: nowMs } };
  return undefined;
}

/**
 * Cuts a stretch into slices of whole days, each with at most about 100,000 rows in the lake, oldest first; a day with more is
 * cut into equal parts; pure.
 */
export function rereadSlices(range: Range, files: readonly DataFile[]): Range[] {
  const slices: Range[] = [];
  let from = range.fromMs;
  let waiting = 0;
  const cut = (toMs: number): void => {
    if (toMs > from) slices.push({ fromMs: from, toMs });
    from = toMs;
    waiting = 0;
  };
  for (let dayMs = dayOf(range.fromMs); dayMs < range.toMs; dayMs += DAY_MS) {
    const rowCount = rowsOfDay(files, dayMs);
    const startMs = Math.max(dayMs, range.fromMs);
    const endMs = Math.min(dayMs + DAY_MS, range.toMs);
    if (waiting + rowCount > SLICE_ROW_COUNT_MAX) cut(startMs);
    const partCount = Math.ceil(rowCount / SLICE_ROW_COUNT_MAX);
    for (let part = 1; part < partCount; part += 1) {
      cut(startMs + Math.floor(((endMs - startMs) * part) / partCount / 1000) * 1000);
    }
    waiting += Math.ceil(rowCount / Math.max(partCount, 1));
  }
  cut(range.toMs);
  return slices;
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Files hold one day each; one without bounds may be of any day. */
function rowsOfDay(files: readonly DataFile[], dayMs: number): number {
  let count = 0;
  for (const { tsMinUs, rowCount } of files) {
    if (tsMinUs === undefined || dayOf(tsMinUs / 1000) === dayMs) count += rowCount;
  }
  return count;
}
