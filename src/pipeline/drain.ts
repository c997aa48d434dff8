import type { Clock } from "../core/clock.ts";
import type { Gap, Page } from "../duo/page.ts";
import { findDrift } from "../duo/tables/common/find-drift.ts";
import type { LakeTable } from "../lake/lake.ts";
import { type Batch, commitBatch, letterHead, newBatch } from "./batch.ts";
import { type Candidate, type Feed, toCandidates } from "./candidates.ts";
import type { Cursor } from "./cursor.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { isFreshGauge } from "./gauge.ts";
import { createIdentifier, digest } from "./identity.ts";
import { isNewEvent } from "./is-new-event.ts";
import type { KnownIdentities } from "./known-identities.ts";
import type { KnownRange } from "./known-in-lake.ts";
import type { Lane } from "./lane.ts";
import type { Mark } from "./mark.ts";
import type { PullObserver } from "./pull-observer.ts";
import type { Twins } from "./twins.ts";

/** Counts of one pull, over all its drains and commits. */
export interface Counts {
  fetched: number;
  appended: number;
  duplicates: number;
  rejected: number;
}

export interface DrainOptions {
  readonly feed: Feed;
  readonly lane: Lane;
  /** What each commit says about how far the lane has got. */
  readonly mark: Mark;
  /** The table; moved on by every commit. */
  readonly standing: { table: LakeTable };
  readonly known: KnownIdentities;
  /** Where `known` is complete. */
  readonly knownRange: KnownRange;
  /** What another stream of the table brought already; undefined where there was none. */
  readonly twins: Twins | undefined;
  /** The value of a gauge that was stored last. */
  readonly lastGauge: Cursor["gauge"];
  readonly deadLetters: DeadLetters;
  /** Start of the window, ms since 1970. */
  readonly fromMs: number;
  /** Identities this far below the reading are forgotten, ms. */
  readonly lookBackMs: number;
  readonly batchRowCountMax: number;
  readonly counts: Counts;
  /** Gets the gaps that a commit recorded for the first time. */
  readonly gaps: Gap[];
  readonly clock: Clock;
  readonly observer?: PullObserver | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Takes in the pages of one window and commits them in batches; disposing it gives up what was not committed. */
export interface Drain extends AsyncDisposable {
  /** Takes in a page. A full batch is committed in the background while the next one fills; at most one is under way. */
  readonly take: (page: Page) => Promise<void>;
  /** Takes in one event that was mapped already; the caller counts it as fetched. True where it is new. */
  readonly takeCandidate: (candidate: Candidate, fetchedAtMs: number) => Promise<boolean>;
  /** Commits what is left. Nothing is committed where nothing is new and the mark is not due. */
  readonly finish: () => Promise<void>;
  /** Every event before this time was taken in, ms since 1970; undefined while no page has shown it. */
  readonly readThroughMs: () => number | undefined;
}

/** Events may be unusually long: rows wait in memory until their batch is committed. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;
/** Identities are kept this much longer than the look-back needs them. */
const KNOWN_MARGIN_MS = 3_600_000;

/** Starts a drain at the table's present standing. */
export function createDrain(options: DrainOptions): Drain {
  const { feed, standing, known, knownRange, counts } = options;
  const identifier = createIdentifier(feed.stream, feed.account);
  let batch = newBatch(standing.table);
  let readThroughMs: number | undefined;
  let underWay: Promise<unknown> = Promise.resolve();

  const flush = async (isEnd: boolean): Promise<void> => {
    await settle(underWay);
    const full = batch;
    batch = newBatch(standing.table);
    // Failures are kept as values until somebody waits for them; otherwise Node would end the process.
    underWay = commitBatch(options, full, { readThroughMs, gauge: full.gauge, isEnd }).catch(
      (error: unknown) => new Failure(error),
    );
  };

  return {
    readThroughMs: () => readThroughMs,
    take: async (page) => {
      const { fetchedAtMs } = page;
      for (const candidate of toCandidates(page, feed, identifier)) {
        counts.fetched += 1;
        if (!knownRange.covers(candidate)) await knownRange.lookUp(candidate);
        takeIn(options, batch, { candidate, fetchedAtMs });
      }
      batch.gaps.push(...page.gaps);
      if (page.readThroughMs !== undefined) {
        readThroughMs = Math.max(readThroughMs ?? 0, page.readThroughMs);
        known.forgetBefore((readThroughMs - options.lookBackMs - KNOWN_MARGIN_MS) * 1000);
      }
      const { rowCount, sizeBytes } = batch.writer;
      if (rowCount >= options.batchRowCountMax || sizeBytes >= BATCH_BYTES_MAX) await flush(false);
    },
    takeCandidate: async (candidate, fetchedAtMs) => {
      if (!knownRange.covers(candidate)) await knownRange.lookUp(candidate);
      return takeIn(options, batch, { candidate, fetchedAtMs });
    },
    finish: async () => {
      await flush(true);
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

/** Puts an event into the batch unless it is known; true where it is new. */
function takeIn(
  options: DrainOptions,
  batch: Batch,
  { candidate, fetchedAtMs }: { readonly candidate: Candidate; readonly fetchedAtMs: number },
): boolean {
  const { counts } = options;
  const { stream } = options.feed;
  const { event, hash, reason, original } = candidate;
  const isGauge = stream.paging === "gauge";
  const isStale = isGauge && !isFreshGauge(candidate, options.lastGauge, fetchedAtMs);
  if (isStale || !isNewEvent(candidate, options)) {
    counts.duplicates += 1;
    return false;
  }
  if (isGauge) batch.gauge = { digest: digest(original), atMs: fetchedAtMs };
  // Only here is the row made: what is known already needs none.
  const { row } = candidate;
  // A letter's event is read again and again while it is in reach; it counts when it becomes a row.
  if (row !== undefined && stream.known !== undefined) countDrift(batch, findDrift(event, stream.known));
  const ts = new Date(fetchedAtMs).toISOString();
  if (row !== undefined) batch.writer.add(row);
  else batch.letters.push({ ...letterHead(options.feed), hash, ts, reason, original });
  return true;
}

function countDrift({ drift }: Batch, found: readonly string[]): void {
  for (const what of found) drift.set(what, (drift.get(what) ?? 0) + 1);
}
