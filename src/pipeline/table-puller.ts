import type { Clock } from "../core/clock.ts";
import type { Column } from "../core/columns.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import type { DuoClient } from "../duo/client.ts";
import type { Gap, Page, Window } from "../duo/page.ts";
import { readPages } from "../duo/pages.ts";
import type { LogTable, Stream } from "../duo/tables/table.ts";
import type { Lake } from "../lake/lake.ts";
import { CURSOR_PROPERTY, decodeCursor, encodeCursor } from "./cursor.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { type Counts, createDrain, type Standing } from "./drain.ts";
import { createKnownIdentities, type KnownIdentities } from "./known-identities.ts";
import type { PullObserver } from "./pull-observer.ts";
import type { TableResult } from "./pull-result.ts";
import type { ReadIdentities } from "./read-identities.ts";
import { AVAILABILITY_DELAY_MS, pullWindow } from "./window.ts";

export interface TablePullerOptions {
  readonly source: string;
  readonly table: LogTable;
  /** The name in the lake: `duo_auth`. */
  readonly resolvedName: string;
  readonly columns: readonly Column[];
  readonly client: DuoClient;
  readonly lake: Lake;
  readonly readIdentities: ReadIdentities;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly lookBackMs: number;
  /** A commit is made at the latest when this many rows are waiting. */
  readonly batchRowCountMax: number;
  readonly newId: () => string;
  /** How far back the first pull reads, ms. */
  readonly firstWindowMs: number;
  readonly observer?: PullObserver | undefined;
}

/** Keeps one table up to its stream. */
export interface TablePuller {
  readonly source: string;
  readonly table: string;
  readonly resolvedName: string;
  readonly stream: Stream;
  /**
   * Reads what is new and commits it, rows and cursor in one (docs/spec/pull.md). One call at a time.
   *
   * A failing stream is no rejection: the failure is in the result, whole pages read before it are committed, and the cursor
   * stands where the last commit left it.
   *
   * Never rejects; a pull that was stopped has the error `stopped`.
   */
  readonly pull: (signal?: AbortSignal) => Promise<TableResult>;
}

/** Rows may lie this much before the window: v1 reads whole seconds. */
const SECOND_MARGIN_MS = 2_000;
const ATTEMPT_COUNT_MAX = 3;

/** What a running process keeps between two pulls; all of it can be had from the lake again. */
interface Memory {
  readonly standing: Standing;
  readonly known: KnownIdentities;
  readonly knownFromMs: number;
  /** How far the stream was drained; ahead of the committed watermark while nothing new came. */
  readonly drainedMs: number;
}

interface Run {
  readonly counts: Counts;
  readonly gaps: Gap[];
  readonly signal: AbortSignal | undefined;
  /** What the run has learned so far, for the result. */
  memory: Memory | undefined;
}

/** Makes the puller of one table; nothing is read before the first pull. */
export function createTablePuller(options: TablePullerOptions): TablePuller {
  const { source, table, resolvedName } = options;
  const stream = table.streams[0] as Stream;
  let memory: Memory | undefined;
  return {
    source,
    table: table.name,
    resolvedName,
    stream,
    pull: async (signal) => {
      const counts = { fetched: 0, appended: 0, duplicates: 0, rejected: 0 };
      const run: Run = { counts, gaps: [], signal, memory };
      const error = await tryPull(options, stream, run);
      const seen = run.memory;
      // After a failure the identities are not trusted: some may be of rows that were never committed.
      memory =
        error === undefined
          ? seen
          : seen && { ...seen, known: createKnownIdentities(), knownFromMs: Infinity };
      return {
        source,
        table: table.name,
        stream: stream.name,
        ...counts,
        gaps: run.gaps,
        watermarkMs: seen && Math.max(seen.standing.cursor.watermarkMs, seen.drainedMs),
        snapshotId: seen?.standing.table.snapshotId,
        rowCount: seen?.standing.table.rowCount,
        skipped: undefined,
        error,
      };
    },
  };
}

/** Pulls; where another puller was first, its commit is read and the rest pulled again, within bounds (P2). */
async function tryPull(options: TablePullerOptions, stream: Stream, run: Run): Promise<TableResult["error"]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pullOnce(options, stream, run);
      return undefined;
    } catch (error) {
      const known = error instanceof DuolakeError ? error : undefined;
      if (known?.code !== "cursor_moved" || attempt >= ATTEMPT_COUNT_MAX) {
        return { code: known?.code ?? "internal", message: errorText(error) };
      }
      run.memory = undefined;
    }
  }
}

async function pullOnce(options: TablePullerOptions, stream: Stream, run: Run): Promise<void> {
  const { client, lookBackMs } = options;
  const { serverClock } = client;
  const before = await remember(options, stream, run.memory);
  const { standing } = before;
  const { startMs, watermarkMs } = standing.cursor;
  const position = { startMs, watermarkMs: Math.max(watermarkMs, before.drainedMs) };
  const { window, gap } = pullWindow(position, { nowMs: serverClock.nowMs(), lookBackMs });
  run.memory = before;
  if (window === undefined) return;
  const memory = await withIdentities(options, before, { fromMs: window.fromMs, signal: run.signal });
  run.memory = memory;

  const { known } = memory;
  const { counts, gaps, signal } = run;
  await using drain = createDrain({
    ...options,
    stream,
    standing,
    known,
    knownFromUs: memory.knownFromMs * 1000,
    lookUp: (tsUs) => readKnown(options, { standing, known, range: { fromUs: tsUs, toUs: tsUs, signal } }),
    fromMs: window.fromMs,
    counts,
    gaps,
    signal,
  });
  const failure = await takePages(options, stream, { drain, window, gap, run });
  await drain.finish();
  if (failure !== undefined) throw failure;
  run.memory = { ...memory, drainedMs: Math.max(memory.drainedMs, drain.readThroughMs() ?? 0) };
}

/** Takes in the pages until the end or the stream's failure, which is returned: what came before it is to be committed. */
async function takePages(
  options: TablePullerOptions,
  stream: Stream,
  into: {
    readonly drain: ReturnType<typeof createDrain>;
    readonly window: Window;
    readonly gap: Gap | undefined;
    readonly run: Run;
  },
): Promise<DuolakeError | undefined> {
  const { client, observer } = options;
  const { drain, window, gap, run } = into;
  const pages = readPages(client, stream, window, run.signal);
  for (let isFirst = true; ; isFirst = false) {
    let page: Page;
    try {
      const next = await pages.next();
      if (next.done === true) return undefined;
      page = next.value;
    } catch (error) {
      if (error instanceof DuolakeError && error.code !== "stopped") return error;
      throw error;
    }
    const gaps = isFirst && gap !== undefined ? [gap, ...page.gaps] : page.gaps;
    // The clock may have been found wrong since the window was chosen; nothing behind the present is ever read through.
    const presentMs = client.serverClock.nowMs() - AVAILABILITY_DELAY_MS;
    const readThroughMs = page.readThroughMs && Math.min(page.readThroughMs, presentMs);
    await drain.take({ ...page, gaps, readThroughMs });
    observer?.onPage?.({ eventCount: page.events.length, readThroughMs, window });
  }
}

/** Opens the table, or creates it with its starting cursor, and keeps what memory still holds true. */
async function remember(
  options: TablePullerOptions,
  stream: Stream,
  memory: Memory | undefined,
): Promise<Memory> {
  const { lake, resolvedName, columns } = options;
  const existing =
    memory === undefined ? await lake.load(resolvedName) : await memory.standing.table.reload();
  const opened = existing ?? (await createTable(options, stream));
  const table = await lake.evolve(opened, columns);
  const cursor = decodeCursor(table.properties[CURSOR_PROPERTY], resolvedName);
  // Every commit of ours names a new cursor: an equal one means that no rows came since.
  if (memory !== undefined && memory.standing.cursor.commit === cursor.commit) {
    return { ...memory, standing: { table, cursor } };
  }
  return { standing: { table, cursor }, known: createKnownIdentities(), knownFromMs: Infinity, drainedMs: 0 };
}

async function createTable(options: TablePullerOptions, stream: Stream): Promise<Standing["table"]> {
  const startMs = options.client.serverClock.nowMs() - AVAILABILITY_DELAY_MS - options.firstWindowMs;
  const cursor = { stream: stream.name, startMs, watermarkMs: startMs, commit: options.newId() };
  return options.lake.create(options.resolvedName, {
    columns: options.columns,
    properties: { [CURSOR_PROPERTY]: encodeCursor(cursor) },
  });
}

/** Reads the identities of the window from the lake, unless memory holds them (P3). */
async function withIdentities(
  options: TablePullerOptions,
  memory: Memory,
  { fromMs, signal }: { readonly fromMs: number; readonly signal: AbortSignal | undefined },
): Promise<Memory> {
  const knownFromMs = fromMs - SECOND_MARGIN_MS;
  if (memory.knownFromMs <= knownFromMs) return memory;
  const known = createKnownIdentities();
  const { standing } = memory;
  await readKnown(options, { standing, known, range: { fromUs: knownFromMs * 1000, signal } });
  return { ...memory, known, knownFromMs };
}

async function readKnown(
  options: TablePullerOptions,
  into: {
    readonly standing: Standing;
    readonly known: KnownIdentities;
    readonly range: {
      readonly fromUs: number;
      readonly toUs?: number;
      readonly signal: AbortSignal | undefined;
    };
  },
): Promise<void> {
  const { standing, known, range } = into;
  for await (const rows of options.readIdentities(standing.table, { path: ["event", "hash"], ...range })) {
    for (const { identity, tsUs } of rows) known.add(identity, tsUs);
  }
}
