import { decodeBackfillState } from "./backfill-state.ts";
import type { HourCounts } from "./hour-counts.ts";
import { createHourCounts } from "./hour-counts.ts";
import { laneOf } from "./lane.ts";
import type { ReadingSignals } from "./page-reader.ts";
import type { Range } from "./ranges.ts";
import { reread, type Reread } from "./reread.ts";
import type { RereadNote } from "./reread-mark.ts";
import { clampToCovered, coveredFromMs, dueReread, rereadSlices } from "./reread-plan.ts";
import { openStanding } from "./standing.ts";
import type { TableContext } from "./table-context.ts";

/** What reading a range again found, over all its slices. */
export interface RangeReread {
  /** What was read: the wanted range as far as the table claims to hold it and Duo keeps it, ms since 1970. */
  readonly range: Range;
  readonly stream: string;
  readonly requestCount: number;
  readonly expected: number;
  readonly healed: number;
  readonly rejected: number;
  readonly hours: HourCounts;
  /** It was enough before the range was read to its end: the next `rereadDue` goes on. */
  readonly isCut: boolean;
}

export interface RangeRereadOptions extends ReadingSignals {
  readonly onPage?: ((eventCount: number) => void) | undefined;
}

/**
 * Reads a wanted range again, in slices that keep memory small.
 *
 * @returns undefined where the table holds nothing of the range
 * @throws as `reread` does; slices that were healed before stay healed
 */
export async function rereadRange(
  context: TableContext,
  wanted: Range,
  options: RangeRereadOptions & { readonly note?: RereadNote | undefined },
): Promise<RangeReread | undefined> {
  const { signal, enough, note, onPage } = options;
  const { table, cursor } = await openStanding(context, undefined, signal);
  const { cursorKey } = laneOf("backfill", context.account);
  const state = decodeBackfillState(table.properties[cursorKey], context.resolvedName);
  const nowMs = context.client.serverClock.nowMs();
  const range = clampToCovered(wanted, { coveredFromMs: coveredFromMs(cursor, state), nowMs });
  if (range === undefined) return undefined;
  const files = await table.files({ fromUs: range.fromMs * 1000, withDeletedRows: true });
  const slices = rereadSlices(range, files);
  const parts: Reread[] = [];
  const hours = createHourCounts();
  const cutNote = (reachedMs: number): RereadNote | undefined =>
    reachedMs > range.fromMs ? cutNoteOf(note, { reachedMs, toMs: range.toMs }) : undefined;
  for (const [index, slice] of slices.entries()) {
    const isLast = index + 1 === slices.length;
    const noted = { note: isLast ? note : undefined, cutNote };
    const part = await reread(context, { ...slice, ...noted, hours, onPage, signal, enough });
    parts.push(part);
    if (part.isCut) break;
  }
  const sum = (count: (part: Reread) => number): number =>
    parts.reduce((total, part) => total + count(part), 0);
  return {
    range,
    stream: parts.at(-1)?.stream ?? cursor.stream,
    requestCount: sum((part) => part.requestCount),
    expected: sum((part) => part.expected),
    healed: sum((part) => part.healed),
    rejected: sum((part) => part.rejected),
    hours,
    isCut: parts.at(-1)?.isCut ?? false,
  };
}

/** What is noted of a re-read that was cut; nothing where its end would note nothing either. */
function cutNoteOf(
  note: RereadNote | undefined,
  left: { readonly reachedMs: number; readonly toMs: number },
): RereadNote | undefined {
  const { dayRereadMs, weekRereadMs } = note ?? {};
  if (dayRereadMs === undefined) return undefined;
  return { rereading: { ...left, dayRereadMs, ...(weekRereadMs !== undefined && { weekRereadMs }) } };
}

/**
 * Reads the last day or week again where that is due (design P3 for events that Duo delivers hours late).
 *
 * @returns undefined where nothing is due, or no live pull has created the table yet
 */
export async function rereadDue(
  context: TableContext,
  options: RangeRereadOptions,
): Promise<RangeReread | undefined> {
  const stream = context.streams[0];
  if (stream === undefined || stream.paging === "gauge") return undefined;
  if ((await context.lake.load(context.resolvedName)) === undefined) return undefined;
  const { cursor } = await openStanding(context, undefined, options.signal);
  const nowMs = context.client.serverClock.nowMs();
  const due = dueReread(cursor, { nowMs, days: stream.rereadDays });
  return due === undefined ? undefined : rereadRange(context, due.range, { ...options, note: due.note });
}
