import { DuolakeError } from "../core/errors.ts";
import type { Window } from "../duo/page.ts";
import type { Stream } from "../duo/tables/table.ts";
import { withPriority } from "../duo/with-priority.ts";
import { assertReadThrough } from "./assert-read-through.ts";
import { type Candidate, toCandidates } from "./candidates.ts";
import { streamsFrom } from "./choose-stream.ts";
import type { Counts } from "./drain.ts";
import type { HourCounts } from "./hour-counts.ts";
import { createIdentifier } from "./identity.ts";
import { isNewEvent } from "./is-new-event.ts";
import { createKnownIdentities } from "./known-identities.ts";
import { createKnownRange, readKnown } from "./known-in-lake.ts";
import { laneOf } from "./lane.ts";
import { openDrain, twinsIn } from "./open-drain.ts";
import { pageReader, type ReadingSignals } from "./page-reader.ts";
import { rereadMark, type RereadNote } from "./reread-mark.ts";
import { openStanding, type Standing } from "./standing.ts";
import type { TableContext } from "./table-context.ts";

/** What reading a stretch again found. */
export interface Reread {
  readonly stream: string;
  readonly requestCount: number;
  /** Events that Duo lists. */
  readonly expected: number;
  /** Those that the lake lacked and has now. */
  readonly healed: number;
  /** Those that went to the dead letters now. */
  readonly rejected: number;
  /** It was enough before the stretch was read to its end. */
  readonly isCut: boolean;
}

export interface RereadOptions extends ReadingSignals {
  /** ms since 1970, at whole seconds; `toMs` is not included. Never outside of what the table claims to hold. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Gets what was found, by the hour. */
  readonly hours: HourCounts;
  /** Noted in the cursor at the end; absent where nothing is to be noted. */
  readonly note?: RereadNote | undefined;
  /** Gives what is noted where it was cut, from the time up to where it was read, ms since 1970, at whole seconds. */
  readonly cutNote?: ((reachedMs: number) => RereadNote | undefined) | undefined;
  readonly onPage?: ((eventCount: number) => void) | undefined;
}

/** So many missing events wait in memory at most. */
const MISSING_COUNT_MAX = 2_000;
const ATTEMPT_COUNT_MAX = 8;
/** Rows may lie this much before the window: v1 reads whole seconds. */
const SECOND_MARGIN_MS = 2_000;

interface Missing {
  readonly candidate: Candidate;
  readonly fetchedAtMs: number;
  /** In which hour it counts, microseconds since 1970. */
  readonly countedAtUs: number;
}

/**
 * Reads a stretch again that was read before, behind the live pulls, and appends what the lake lacks (docs/spec/pull.md,
 * "Re-reads"). Live pulls go on meanwhile; only the commit of what was missing waits for them.
 *
 * @throws duo_*, lake_*, cursor_unsupported, cursor_moved where other writers were first every time, stopped
 */
export async function reread(context: TableContext, options: RereadOptions): Promise<Reread> {
  const { fromMs, toMs, hours, signal } = options;
  const { table: logTable, account } = context;
  const client = withPriority(context.client, "reread");
  const standing = await openStanding(context, undefined, signal);
  const { table } = standing;
  const stream = streamsFrom(context.streams, standing.cursor.stream)[0] as Stream;
  const window: Window = { fromMs, toMs: toMs - 1, isClosed: true };
  const known = createKnownIdentities();
  const covered = { fromMs: fromMs - SECOND_MARGIN_MS, toMs };
  const [fromUs, toUs] = [covered.fromMs * 1000, covered.toMs * 1000];
  await readKnown(context, { table, known, fromUs, toUs, signal });
  const knownRange = createKnownRange(context, { standing, known, ...covered, signal });
  const twins = await twinsIn(context, { stream, standing, range: window, signal });
  const identifier = createIdentifier(stream, account);
  const counts: Counts = { fetched: 0, appended: 0, duplicates: 0, rejected: 0 };
  let requestCount = 0;
  let expected = 0;
  // Duo hands events out in their order: one whose time cannot be read counts where the one before it does.
  let countedAtUs = fromMs * 1000;
  let readThroughMs: number | undefined;
  let missing: Missing[] = [];
  const healSome = async (note?: RereadNote): Promise<void> => {
    if (missing.length > 0 || note !== undefined)
      await heal(context, { missing, stream, options, note, hours, counts });
    missing = [];
  };
  const nextPage = pageReader(client, stream, window, options);
  let page = await nextPage();
  for (; typeof page === "object"; page = await nextPage()) {
    const { fetchedAtMs } = page;
    requestCount += 1;
    ({ readThroughMs } = page);
    for (const candidate of toCandidates(page, { table: logTable, stream, account }, identifier)) {
      if (!knownRange.covers(candidate)) await knownRange.lookUp(candidate);
      const isNew = isNewEvent(candidate, { known, twins });
      expected += 1;
      if (candidate.timeKnown) countedAtUs = candidate.tsUs;
      hours.add(countedAtUs, isNew ? "expected" : "present");
      if (isNew) missing.push({ candidate, fetchedAtMs, countedAtUs });
    }
    options.onPage?.(page.events.length);
    if (missing.length >= MISSING_COUNT_MAX) await healSome();
  }
  const isComplete = readThroughMs !== undefined && readThroughMs >= window.toMs;
  const isCut = page === "enough" && !isComplete;
  const reachedMs = Math.max(fromMs, Math.floor((readThroughMs ?? fromMs) / 1000) * 1000);
  // What was missing is kept in any case; that it was all, only the log's end may say.
  await healSome(isCut ? options.cutNote?.(reachedMs) : isComplete ? options.note : undefined);
  if (!isCut) assertReadThrough(readThroughMs, window, stream);
  const { appended: healed, rejected } = counts;
  return { stream: stream.name, requestCount, expected, healed, rejected, isCut };
}

/**
 * Appends what was missing, on whatever the table has become: what another puller appended meanwhile is known by then. Twins
 * are asked again only where another stream took over meanwhile, for an event that had one is not among the missing.
 */
async function heal(
  context: TableContext,
  work: {
    readonly missing: readonly Missing[];
    readonly stream: Stream;
    readonly options: RereadOptions;
    readonly note: RereadNote | undefined;
    readonly hours: HourCounts;
    readonly counts: Counts;
  },
): Promise<void> {
  const { hours, counts } = work;
  for (let attempt = 1; ; attempt += 1) {
    const attempted = { ...counts };
    const healedAtUs: number[] = [];
    try {
      await context.exclusively(() => appendMissing(context, { ...work, counts: attempted, healedAtUs }));
    } catch (error) {
      const isLostRace = error instanceof DuolakeError && error.code === "cursor_moved";
      if (!isLostRace || attempt >= ATTEMPT_COUNT_MAX) throw error;
      // Letters have a commit of their own, which stands: the next attempt finds them known.
      counts.rejected = attempted.rejected;
      continue;
    }
    Object.assign(counts, attempted);
    for (const one of work.missing) hours.add(one.countedAtUs, "settled");
    for (const tsUs of healedAtUs) hours.add(tsUs, "healed");
    return;
  }
}

async function appendMissing(
  context: TableContext,
  work: Parameters<typeof heal>[1] & { readonly healedAtUs: number[] },
): Promise<void> {
  const { missing, stream, options, note, counts, healedAtUs } = work;
  const { fromMs, signal } = options;
  const standing: Standing = await openStanding(context, undefined, signal);
  const known = createKnownIdentities();
  const covered = timesOf(missing, fromMs);
  const [fromUs, toUs] = [covered.fromMs * 1000, covered.toMs * 1000];
  if (missing.length > 0) await readKnown(context, { table: standing.table, known, fromUs, toUs, signal });
  const isChangedOver = standing.cursor.stream !== stream.name;
  // One of the two logs knows whole seconds alone.
  const range = { fromMs: covered.fromMs - SECOND_MARGIN_MS, toMs: covered.toMs + SECOND_MARGIN_MS };
  await using drain = openDrain(context, {
    stream,
    lane: laneOf("live", context.account),
    mark: rereadMark(standing, { note, newId: context.newId }),
    standing,
    known,
    knownFromMs: covered.fromMs,
    knownToMs: covered.toMs,
    fromMs,
    twins: isChangedOver ? await twinsIn(context, { stream, standing, range, signal }) : undefined,
    counts,
    gaps: [],
    signal,
  });
  for (const { candidate, fetchedAtMs, countedAtUs } of missing) {
    const isNew = await drain.takeCandidate(candidate, fetchedAtMs);
    // A letter is no row; that it was missing is told by the counts.
    if (isNew && candidate.reason === "") healedAtUs.push(countedAtUs);
  }
  await drain.finish();
}

/**
 * The range of the events' own times, whole ms since 1970. Where none can be read it is the moment at which the stretch begins:
 * what lies behind it is looked up then.
 */
function timesOf(
  missing: readonly Missing[],
  beginMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const { candidate } of missing) {
    if (!candidate.timeKnown) continue;
    fromMs = Math.min(fromMs, Math.floor(candidate.tsUs / 1000));
    toMs = Math.max(toMs, Math.ceil(candidate.tsUs / 1000));
  }
  return fromMs <= toMs ? { fromMs, toMs } : { fromMs: beginMs, toMs: beginMs };
}
