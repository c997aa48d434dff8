import type { RereadDays } from "../duo/tables/table.ts";
import type { DataFile } from "../lake/lake.ts";
import type { BackfillState } from "./backfill-state.ts";
import type { Cursor } from "./cursor.ts";
import type { Range } from "./ranges.ts";
import type { RereadNote } from "./reread-mark.ts";
import { AVAILABILITY_DELAY_MS, RETENTION_MS } from "./window.ts";

const DAY_MS = 86_400_000;
/**
 * Duo has delivered events fifteen hours late; a week is for what nobody has seen yet. Each is longer than the time between two
 * re-reads by the lateness that it makes good: an event that came just after a re-read had passed it is still in reach of the next.
 */
const REREAD_DAYS: RereadDays = { daily: 2, weekly: 14 };
/** What is left of a re-read that was cut may be out of Duo's reach after a while; then it begins anew. */
const CUT_KEPT_MS = 7 * DAY_MS;
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
 * Says whether the last days or the last weeks are to be read again now, and what to note when they were; pure.
 *
 * A re-read that comes late, because the program did not run, goes back as far behind the one before it as a timely one. One that
 * was cut goes on where it was, before anything else is due.
 *
 * @param cursor the live cursor
 * @param options the present time by Duo's clock, and the stream's own number of days
 */
export function dueReread(
  cursor: Cursor,
  options: { readonly nowMs: number; readonly days: RereadDays | undefined },
): { readonly range: Range; readonly note: RereadNote } | undefined {
  const { nowMs, days = REREAD_DAYS } = options;
  const { startMs, dayRereadMs = startMs, weekRereadMs = startMs, rereading } = cursor;
  if (rereading !== undefined && nowMs - rereading.toMs < CUT_KEPT_MS) {
    const { reachedMs, toMs, ...note } = rereading;
    return { range: { fromMs: reachedMs, toMs }, note };
  }
  const back = (count: number, every: { readonly days: number; readonly lastMs: number }): Range => {
    const behindLastMs = every.lastMs - (count - every.days) * DAY_MS;
    return { fromMs: Math.min(nowMs - count * DAY_MS, behindLastMs), toMs: nowMs };
  };
  if (nowMs - weekRereadMs >= 7 * DAY_MS) {
    const range = back(days.weekly, { days: 7, lastMs: weekRereadMs });
    return { range, note: { dayRereadMs: nowMs, weekRereadMs: nowMs } };
  }
  if (nowMs - dayRereadMs >= DAY_MS) {
    return { range: back(days.daily, { days: 1, lastMs: dayRereadMs }), note: { dayRereadMs: nowMs } };
  }
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
