import type { Clock } from "../core/clock.ts";
import type { Gap, Page } from "../duo/page.ts";
import type { LogTable, Stream } from "../duo/tables/table.ts";
import type { LakeTable, RowWriter } from "../lake/lake.ts";
import { type Candidate, toCandidates } from "./candidates.ts";
import { CURSOR_PROPERTY, type Cursor, encodeCursor } from "./cursor.ts";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";
import { addGaps, GAPS_PROPERTY } from "./gaps.ts";
import { isFreshGauge } from "./gauge.ts";
import { createIdentifier, digest } from "./identity.ts";
import type { KnownIdentities } from "./known-identities.ts";
import type { PullObserver } from "./pull-observer.ts";

/** Counts of one pull, over all its drains and commits. */
export interface Counts {
  fetched: number;
  appended: number;
  duplicates: number;
  rejected: number;
}

/** Where a table stands: changes with each commit. */
export interface Standing {
  table: LakeTable;
  cursor: Cursor;
}

export interface DrainOptions {
  readonly table: LogTable;
  readonly stream: Stream;
  /** Moved on by every commit. */
  readonly standing: Standing;
  readonly known: KnownIdentities;
  /** `known` holds what the lake has from here on, microseconds since 1970. */
  readonly knownFromUs: number;
  /** Adds to `known` what the lake has at exactly this time. */
  readonly lookUp: (tsUs: number) => Promise<void>;
  readonly deadLetters: DeadLetters;
  /** Start of the window, ms since 1970. */
  readonly fromMs: number;
  readonly lookBackMs: number;
  readonly batchRowCountMax: number;
  readonly counts: Counts;
  /** Gets the gaps that a commit recorded for the first time. */
  readonly gaps: Gap[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly observer?: PullObserver | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Takes in the pages of one window and commits them in batches; disposing it gives up what was not committed. */
export interface Drain extends AsyncDisposable {
  /** Takes in a page. A full batch is committed in the background while the next one fills; at most one is under way. */
  readonly take: (page: Page) => Promise<void>;
  /** Commits what is left. Nothing is committed where nothing is new and `watermarkMs` is less than a day ahead. */
  readonly finish: () => Promise<void>;
  /** Every event before this time was taken in, ms since 1970; undefined while no page has shown it. */
  readonly readThroughMs: () => number | undefined;
}

interface Batch {
  readonly writer: RowWriter;
  readonly letters: DeadLetter[];
  readonly gaps: Gap[];
  gauge: Cursor["gauge"];
}

/** A watermark this far ahead of the committed one is committed even without rows. */
const WATERMARK_ALONE_MS = 86_400_000;
/** Identities are kept this much longer than the look-back needs them. */
const KNOWN_MARGIN_MS = 3_600_000;

/** Starts a drain at the table's present standing. */
export function createDrain(options: DrainOptions): Drain {
  const { table, stream, standing, known, counts } = options;
  const identifier = createIdentifier(stream);
  let batch = newBatch(standing.table);
  let readThroughMs: number | undefined;
  let underWay: Promise<unknown> = Promise.resolve();

  const flush = async (): Promise<void> => {
    await settle(underWay);
    const full = batch;
    batch = newBatch(standing.table);
    // Failures are kept as values until somebody waits for them; otherwise Node would end the process.
    underWay = commitBatch(options, full, readThroughMs).catch((error: unknown) => new Failure(error));
  };

  return {
    readThroughMs: () => readThroughMs,
    take: async (page) => {
      const createdAt = new Date(page.fetchedAtMs).toISOString();
      counts.fetched += page.events.length;
      for (const candidate of toCandidates(page, table, identifier)) {
        // An event whose own time lies before the window that Duo put it into: its row stands where nobody has looked yet.
        if (candidate.timeKnown && candidate.tsUs < options.knownFromUs) await options.lookUp(candidate.tsUs);
        takeCandidate(options, batch, { candidate, createdAt, fetchedAtMs: page.fetchedAtMs });
      }
      batch.gaps.push(...page.gaps);
      if (page.readThroughMs !== undefined) {
        readThroughMs = Math.max(readThroughMs ?? 0, page.readThroughMs);
        known.forgetBefore((readThroughMs - options.lookBackMs - KNOWN_MARGIN_MS) * 1000);
      }
      if (batch.writer.rowCount >= options.batchRowCountMax) await flush();
    },
    finish: async () => {
      await flush();
      await settle(underWay);
    },
    [Symbol.asyncDispose]: async () => {
      await underWay;
      await batch.writer.abort();
    },
  };
}

class Failure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

async function settle(underWay: Promise<unknown>): Promise<void> {
  const result = await underWay;
  if (result instanceof Failure) throw result.error;
}

function newBatch(table: LakeTable): Batch {
  return { writer: table.writer(), letters: [], gaps: [], gauge: undefined };
}

function takeCandidate(
  options: DrainOptions,
  batch: Batch,
  from: { readonly candidate: Candidate; readonly createdAt: string; readonly fetchedAtMs: number },
): void {
  const { known, counts, table, stream, standing } = options;
  const { candidate, createdAt, fetchedAtMs } = from;
  const { hash, tsUs, timeKnown, row, reason, original } = candidate;
  const isGauge = stream.paging === "gauge";
  const isStale = isGauge && !isFreshGauge(candidate, standing.cursor.gauge, fetchedAtMs);
  if (isStale || known.has(hash, timeKnown ? tsUs : undefined)) {
    counts.duplicates += 1;
    return;
  }
  known.add(hash, tsUs);
  if (isGauge) batch.gauge = { digest: digest(original), atMs: fetchedAtMs };
  if (row !== undefined) batch.writer.add(row);
  else batch.letters.push({ hash, ts: createdAt, table: table.name, stream: stream.name, reason, original });
}

/**
 * Commits one batch: first its dead letters, then rows and cursor together.
 *
 * The order matters: a crash in between leaves letters whose events are read again, and their identities keep them from being
 * written twice; the other order would lose them (docs/spec/pull.md, P1 and P5).
 */
async function commitBatch(
  options: DrainOptions,
  batch: Batch,
  readThroughMs: number | undefined,
): Promise<void> {
  const { standing, counts, signal } = options;
  const startMs = options.clock.nowMs();
  const { table, cursor } = standing;
  const watermarkMs = Math.max(cursor.watermarkMs, readThroughMs ?? 0);
  const waiting = batch.writer.rowCount;
  const { files, refused } = waiting === 0 ? NOTHING_WRITTEN : await batch.writer.finish(signal);
  if (waiting === 0) await batch.writer.abort();
  try {
    const letters = [...batch.letters, ...refused.map((one) => refusedLetter(options, one))];
    await recordLetters(options, letters);
    const rowCount = files.reduce((sum, file) => sum + file.rowCount, 0);
    const isDayAhead = watermarkMs - cursor.watermarkMs >= WATERMARK_ALONE_MS;
    const gaps = addGaps(table.properties[GAPS_PROPERTY], batch.gaps);
    if (rowCount === 0 && gaps.fresh.length === 0 && !isDayAhead) return;

    const gauge = batch.gauge ?? cursor.gauge;
    const next: Cursor = { ...cursor, watermarkMs, commit: options.newId(), ...(gauge && { gauge }) };
    const compareAndSet = {
      key: CURSOR_PROPERTY,
      from: table.properties[CURSOR_PROPERTY],
      to: encodeCursor(next),
    };
    const setProperties = {
      [CURSOR_PROPERTY]: compareAndSet.to,
      ...(gaps.fresh.length === 0 ? {} : { [GAPS_PROPERTY]: gaps.text }),
    };
    standing.table = await table.commit({ files, setProperties, compareAndSet }, signal);
    standing.cursor = next;
    counts.appended += rowCount;
    options.gaps.push(...gaps.fresh);
    options.observer?.onCommit?.({ rowCount, durationMs: options.clock.nowMs() - startMs });
  } catch (error) {
    await table.discard(files);
    throw error;
  }
}

const NOTHING_WRITTEN = { files: [], refused: [] } as const;

async function recordLetters(options: DrainOptions, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  const { deadLetters, counts, fromMs, signal } = options;
  const recorded = await deadLetters.record(letters, { sinceUs: fromMs * 1000, signal });
  counts.rejected += recorded;
  counts.duplicates += letters.length - recorded;
}

function refusedLetter(
  options: DrainOptions,
  { row, reason }: { readonly row: Record<string, unknown>; readonly reason: string },
): DeadLetter {
  const event = (row["event"] ?? {}) as Record<string, unknown>;
  return {
    hash: String(event["hash"]),
    ts: String(event["created"]),
    table: options.table.name,
    stream: options.stream.name,
    reason: `unstorable: ${reason}`,
    original: String(event["original"]),
  };
}
