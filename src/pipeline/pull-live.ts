import { DuolakeError } from "../core/errors.ts";
import type { Gap, Page, Window } from "../duo/page.ts";
import type { Stream } from "../duo/tables/table.ts";
import { givesWay, streamsFrom } from "./choose-stream.ts";
import type { Counts, Drain } from "./drain.ts";
import { createKnownIdentities, type KnownIdentities } from "./known-identities.ts";
import { readKnown } from "./known-in-lake.ts";
import { laneOf } from "./lane.ts";
import { liveMark } from "./live-mark.ts";
import { openDrain, twinsIn } from "./open-drain.ts";
import { pageReader, type ReadingSignals } from "./page-reader.ts";
import { openStanding, type Standing } from "./standing.ts";
import type { TableContext } from "./table-context.ts";
import { AVAILABILITY_DELAY_MS, pullWindow } from "./window.ts";

/** What a running process keeps between two pulls; all of it can be had from the lake again. */
export interface Memory {
  readonly standing: Standing;
  readonly known: KnownIdentities;
  readonly knownFromMs: number;
  /** How far the stream was drained; ahead of the committed watermark while nothing new came. */
  readonly drainedMs: number;
}

export interface Run extends ReadingSignals {
  readonly counts: Counts;
  readonly gaps: Gap[];
  /** It was enough before the window was read to its end. */
  isUnfinished: boolean;
  /** What the run has learned so far, for the result. */
  memory: Memory | undefined;
  /** The stream that was asked last. */
  stream: Stream;
}

/** Rows may lie this much before the window: v1 reads whole seconds. */
const SECOND_MARGIN_MS = 2_000;

/** Reads one window from the stream that feeds the table, or from the next one where that has ended, and commits it. */
export async function pullLive(context: TableContext, run: Run): Promise<void> {
  const before = await remember(context, run.memory, run.signal);
  run.memory = before;
  const streams = streamsFrom(context.streams, before.standing.cursor.stream);
  for (const [index, stream] of streams.entries()) {
    run.stream = stream;
    const failure = await pullUnlessEnded(context, { run, before, stream });
    if (failure === undefined) return;
    if (!isEnd(stream, failure) || index + 1 === streams.length) throw failure.error;
  }
}

/** One refusal may be a slip of some proxy's; a stream that refuses twice has ended. */
async function pullUnlessEnded(
  context: TableContext,
  from: { readonly run: Run; readonly before: Memory; readonly stream: Stream },
): Promise<Failure | undefined> {
  const failure = await pullStream(context, from);
  return failure !== undefined && isEnd(from.stream, failure) ? pullStream(context, from) : failure;
}

function isEnd(stream: Stream, { hasBegun, error }: Failure): boolean {
  return !hasBegun && givesWay(stream, error);
}

interface Failure {
  readonly error: DuolakeError;
  /** A page was read before it. */
  readonly hasBegun: boolean;
}

/** Reads and commits the window of one stream. The stream's failure is returned: what came before it is committed. */
async function pullStream(
  context: TableContext,
  { run, before, stream }: { readonly run: Run; readonly before: Memory; readonly stream: Stream },
): Promise<Failure | undefined> {
  const { client, lookBackMs, newId } = context;
  const { standing, drainedMs } = before;
  const { signal } = run;
  const { startMs, watermarkMs, gauge } = standing.cursor;
  const position = { startMs, watermarkMs: Math.max(watermarkMs, drainedMs) };
  const { window, gap } = pullWindow(position, { nowMs: client.serverClock.nowMs(), lookBackMs });
  if (window === undefined) return undefined;
  const memory = await withIdentities(context, before, { fromMs: window.fromMs, signal });
  run.memory = memory;

  await using drain = openDrain(context, {
    stream,
    lane: laneOf("live", context.account),
    mark: liveMark(standing, { stream, nowMs: client.serverClock.nowMs, newId }),
    standing,
    known: memory.known,
    knownFromMs: memory.knownFromMs,
    fromMs: window.fromMs,
    // A v1 log has no end of its own: rows younger than the window come too.
    twins: await twinsIn(context, {
      stream,
      standing,
      range: { ...window, toMs: Infinity },
      signal,
    }),
    lastGauge: gauge,
    counts: run.counts,
    gaps: run.gaps,
    signal,
  });
  const ending = await takePages(context, { stream, drain, window, gap, run });
  run.isUnfinished = ending === "not begun" || ending === "enough";
  // Without a page there is nothing to commit, nor does anything show that a stream that takes over answers.
  if (ending === "not begun") return undefined;
  const failure = typeof ending === "object" ? ending : undefined;
  if (failure?.hasBegun === false) return failure;
  await drain.finish();
  if (failure !== undefined) return failure;
  run.memory = { ...memory, drainedMs: Math.max(drainedMs, drain.readThroughMs() ?? 0) };
  return undefined;
}

/** Takes in the pages until the end, until it is enough, before the first page too, or until the stream's failure. */
async function takePages(
  { client, observer }: TableContext,
  from: {
    readonly stream: Stream;
    readonly drain: Drain;
    readonly window: Window;
    readonly gap: Gap | undefined;
    readonly run: Run;
  },
): Promise<Failure | "end" | "enough" | "not begun"> {
  const { stream, drain, window, gap, run } = from;
  const nextPage = pageReader(client, stream, window, run);
  for (let hasBegun = false; ; hasBegun = true) {
    let page: Page;
    try {
      const next = await nextPage();
      if (next === "end") return next;
      if (next === "enough") return hasBegun ? next : "not begun";
      page = next;
    } catch (error) {
      if (error instanceof DuolakeError && error.code !== "stopped") return { error, hasBegun };
      throw error;
    }
    const gaps = !hasBegun && gap !== undefined ? [gap, ...page.gaps] : page.gaps;
    // The clock may have been found wrong since the window was chosen; nothing behind the present is ever read through.
    const presentMs = client.serverClock.nowMs() - AVAILABILITY_DELAY_MS;
    const readThroughMs = page.readThroughMs && Math.min(page.readThroughMs, presentMs);
    await drain.take({ ...page, gaps, readThroughMs });
    observer?.onPage?.({ eventCount: page.events.length, readThroughMs, window });
  }
}

/** Opens the table and keeps what memory still holds true. */
async function remember(
  context: TableContext,
  memory: Memory | undefined,
  signal: AbortSignal | undefined,
): Promise<Memory> {
  const standing = await openStanding(context, memory?.standing.table, signal);
  // Every commit of the lane names a new cursor: an equal one means that none of its rows came since.
  if (memory !== undefined && memory.standing.cursor.commit === standing.cursor.commit) {
    return { ...memory, standing };
  }
  return { standing, known: createKnownIdentities(), knownFromMs: Infinity, drainedMs: 0 };
}

/** Reads the identities of the window from the lake, unless memory holds them (P3). */
async function withIdentities(
  context: TableContext,
  memory: Memory,
  { fromMs, signal }: { readonly fromMs: number; readonly signal: AbortSignal | undefined },
): Promise<Memory> {
  const knownFromMs = fromMs - SECOND_MARGIN_MS;
  // A clock that was set back asks for hours that were forgotten since.
  if (Math.max(memory.knownFromMs, memory.known.forgottenToUs / 1000) <= knownFromMs) return memory;
  const known = createKnownIdentities();
  await readKnown(context, { table: memory.standing.table, known, fromUs: knownFromMs * 1000, signal });
  return { ...memory, known, knownFromMs };
}
