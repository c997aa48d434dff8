import { DuolakeError } from "../core/errors.ts";
import type { Gap, Window } from "../duo/page.ts";
import type { Stream } from "../duo/tables/table.ts";
import { withPriority } from "../duo/with-priority.ts";
import { assertReadThrough } from "./assert-read-through.ts";
import { backfillMark } from "./backfill-mark.ts";
import { type BackfillState, decodeBackfillState } from "./backfill-state.ts";
import { streamsFrom } from "./choose-stream.ts";
import type { Counts, Drain } from "./drain.ts";
import { createKnownIdentities } from "./known-identities.ts";
import { readKnown } from "./known-in-lake.ts";
import { laneOf } from "./lane.ts";
import { openDrain, twinsIn } from "./open-drain.ts";
import { pageReader, type ReadingSignals } from "./page-reader.ts";
import { lengthMs, openRanges, type Range } from "./ranges.ts";
import { nextSlice } from "./slice.ts";
import { limitToRemember, recallLimit } from "./remember-limit.ts";
import { openStanding, type Standing } from "./standing.ts";
import type { TableContext } from "./table-context.ts";
import { AVAILABILITY_DELAY_MS, RETENTION_MS } from "./window.ts";

/** How far the backfill of a table has got. */
export interface BackfillProgress {
  /** The length of what is wanted, and of what is left of it; within a slice too, ms. */
  readonly wantedMs: number;
  readonly leftMs: number;
  /** The slice under way, ms since 1970; undefined between two. */
  readonly slice: Range | undefined;
  /** The newest time that is still missing, ms since 1970; undefined at the end. */
  readonly reachedMs: number | undefined;
  /** Since this call began. */
  readonly counts: Readonly<Counts>;
  readonly requestCount: number;
}

export interface BackfillOptions extends ReadingSignals {
  /** The oldest time wanted, ms since 1970; what Duo does not keep any more is left out. */
  readonly sinceMs: number;
  /** The newest time wanted, ms since 1970; never beyond the table's start. Default: the table's start. */
  readonly untilMs?: number | undefined;
  readonly onProgress?: ((progress: BackfillProgress) => void) | undefined;
}

const LOST_RACE_COUNT_MAX = 8;
/** Rows may lie this much before the window: v1 reads whole seconds. */
const SECOND_MARGIN_MS = 2_000;

interface Run {
  readonly options: BackfillOptions;
  readonly counts: Counts;
  readonly gaps: Gap[];
  requestCount: number;
}

/**
 * Fetches what lies before the table's start, newest first, slice by slice; each slice that is complete is recorded in the
 * lake with its last rows (docs/spec/pull.md, "Backfill"). Called again it goes on where it was.
 *
 * It reads the stream that feeds the table; where that has ended, it fails until a pull has changed over to the next.
 *
 * A second backfill of the same table beside it wastes work but repeats nothing: the slice whose record comes second is read
 * again.
 *
 * @returns the progress at the end: `leftMs` is 0, or more where it was enough before; a slice that was cut is recorded as far as
 *   it was read
 * @throws duo_*, lake_*, cursor_unsupported, cursor_moved where another backfill was first every time, stopped
 */
export async function backfill(context: TableContext, options: BackfillOptions): Promise<BackfillProgress> {
  const run: Run = {
    options,
    counts: { fetched: 0, appended: 0, duplicates: 0, rejected: 0 },
    gaps: [],
    requestCount: 0,
  };
  let last: { readonly eventCount: number; readonly lengthMs: number } | undefined;
  for (let lostRaces = 0; ;) {
    const standing = await openStanding(context, undefined, options.signal);
    const state = stateOf(context, standing, options.sinceMs);
    const wanted = wantedRange(context, standing, options);
    const open = openRanges(wanted, state.done);
    const progress = (slice: Range | undefined, readThroughMs = slice?.fromMs ?? 0): BackfillProgress => ({
      wantedMs: Math.max(0, wanted.toMs - wanted.fromMs),
      leftMs:
        lengthMs(open) -
        (slice === undefined ? 0 : Math.max(0, Math.min(readThroughMs, slice.toMs) - slice.fromMs)),
      slice,
      reachedMs: open.at(-1)?.toMs,
      counts: run.counts,
      requestCount: run.requestCount,
    });
    const newest = open.at(-1);
    options.onProgress?.(progress(undefined));
    if (newest === undefined || options.enough?.aborted === true) return progress(undefined);
    const { cursor, table } = standing;
    const stream = streamsFrom(context.streams, cursor.stream)[0] as Stream;
    const live = { eventCount: table.rowCount, lengthMs: cursor.watermarkMs - cursor.startMs };
    recallLimit(context.client.limits, state.limit, { endpoint: stream.path, nowMs: context.clock.nowMs() });
    const slice = nextSlice(newest, { last: last ?? live, pageRowCount: stream.pageRowCountMax });
    const before = run.counts.fetched;
    try {
      await readSlice(context, {
        run,
        standing,
        state,
        slice,
        stream,
        onPage: (readThroughMs) => options.onProgress?.(progress(slice, readThroughMs)),
      });
    } catch (error) {
      if (!(error instanceof DuolakeError) || error.code !== "cursor_moved") throw error;
      lostRaces += 1;
      if (lostRaces > LOST_RACE_COUNT_MAX) throw error;
      continue;
    }
    last = { eventCount: run.counts.fetched - before, lengthMs: slice.toMs - slice.fromMs };
  }
}

function stateOf(context: TableContext, { table }: Standing, sinceMs: number): BackfillState {
  const { cursorKey } = laneOf("backfill", context.account);
  const state = decodeBackfillState(table.properties[cursorKey], context.resolvedName);
  return state === undefined
    ? { sinceMs, done: [], commit: "" }
    : { ...state, sinceMs: Math.min(state.sinceMs, sinceMs) };
}

/** What is wanted of what Duo still keeps and shows already, at whole seconds. */
function wantedRange(
  { client }: TableContext,
  { cursor }: Standing,
  { sinceMs, untilMs = Infinity }: BackfillOptions,
): Range {
  const nowMs = client.serverClock.nowMs();
  const fromMs = Math.ceil(Math.max(sinceMs, nowMs - RETENTION_MS) / 1000) * 1000;
  // A table that was begun under a wrong clock may start in the future: what is still to come there is not read yet.
  const toMs = Math.floor(Math.min(untilMs, cursor.startMs, nowMs - AVAILABILITY_DELAY_MS) / 1000) * 1000;
  return { fromMs, toMs };
}

async function readSlice(
  context: TableContext,
  work: {
    readonly run: Run;
    readonly standing: Standing;
    readonly state: BackfillState;
    readonly slice: Range;
    readonly stream: Stream;
    readonly onPage: (readThroughMs: number | undefined) => void;
  },
): Promise<void> {
  const { run, slice, stream, onPage } = work;
  const client = withPriority(context.client, "backfill");
  const window: Window = { fromMs: slice.fromMs, toMs: slice.toMs - 1, isClosed: true };
  await using drain = await openSlice(context, work);
  const nextPage = pageReader(client, stream, window, run.options);
  let page = await nextPage();
  for (; typeof page === "object"; page = await nextPage()) {
    run.requestCount += 1;
    await drain.take(page);
    onPage(page.readThroughMs);
  }
  if (page === "end") assertReadThrough(drain.readThroughMs(), window, stream);
  await drain.finish();
}

async function openSlice(
  context: TableContext,
  work: {
    readonly run: Run;
    readonly standing: Standing;
    readonly state: BackfillState;
    readonly slice: Range;
    readonly stream: Stream;
  },
): Promise<Drain> {
  const { run, standing, state, slice, stream } = work;
  const { signal } = run.options;
  const known = createKnownIdentities();
  const fromMs = slice.fromMs - SECOND_MARGIN_MS;
  const { table } = standing;
  await readKnown(context, { table, known, fromUs: fromMs * 1000, toUs: slice.toMs * 1000, signal });
  return openDrain(context, {
    stream,
    lane: laneOf("backfill", context.account),
    mark: backfillMark(state, {
      slice,
      newId: context.newId,
      limit: () => limitToRemember(context.client.limits, stream.path),
    }),
    standing,
    known,
    knownFromMs: fromMs,
    knownToMs: slice.toMs,
    fromMs: slice.fromMs,
    twins: await twinsIn(context, { stream, standing, range: slice, signal }),
    counts: run.counts,
    gaps: run.gaps,
    signal,
  });
}
