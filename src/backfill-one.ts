import type { App } from "./app.ts";
import { RETENTION_MS } from "./pipeline/window.ts";
import type { BackfillProgress } from "./pipeline/backfill.ts";
import type { TablePuller } from "./pipeline/table-puller.ts";
import { journalName } from "./pull-all.ts";

/** How fast a backfill goes, beside how far it has got. */
export interface BackfillReport extends BackfillProgress {
  /** Events and requests a second since this call began. */
  readonly eventsPerSecond: number;
  readonly requestsPerSecond: number;
  /** Until it ends at the present pace, ms; undefined while nothing is known. */
  readonly etaMs: number | undefined;
}

export interface BackfillOneOptions {
  /** How far back from now, ms. */
  readonly sinceAgoMs: number;
  /** The newest time wanted, ms since 1970; default: up to where the table begins. */
  readonly untilMs?: number | undefined;
  readonly onProgress?: ((report: BackfillReport) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends it softly: what was read by then is committed, and something is left. */
  readonly enough?: AbortSignal | undefined;
}

/** Notes are for people who look at `status`. */
const NOTE_INTERVAL_MS = 2_000;

/**
 * Backfills one table and notes how it goes in the journal. A gauge has no history: nothing is done.
 *
 * @returns the last report; undefined for a gauge
 * @throws as the puller's `backfill` does
 */
export async function backfillOne(
  app: App,
  puller: TablePuller,
  options: BackfillOneOptions,
): Promise<BackfillReport | undefined> {
  if (puller.streams[0]?.paging === "gauge") return undefined;
  const { clock, journal } = app;
  const { untilMs, onProgress, signal, enough } = options;
  const startMs = clock.nowMs();
  let first: BackfillProgress | undefined;
  let notedMs = -Infinity;
  let last: BackfillReport | undefined;
  let noting: Promise<void> = Promise.resolve();
  const report = (progress: BackfillProgress): void => {
    first ??= progress;
    const nowMs = clock.nowMs();
    last = withPace(progress, first, nowMs - startMs);
    onProgress?.(last);
    if (progress.leftMs > 0 && nowMs - notedMs < NOTE_INTERVAL_MS) return;
    notedMs = nowMs;
    const note = toNote(last, nowMs);
    noting = noting.then(() => journal.writeNote(`${journalName(puller)}.backfill`, note));
  };
  try {
    const sinceMs = startMs - Math.min(options.sinceAgoMs, RETENTION_MS);
    await puller.backfill({ sinceMs, untilMs, signal, enough, onProgress: report });
  } finally {
    await noting;
  }
  return last;
}

function withPace(progress: BackfillProgress, first: BackfillProgress, elapsedMs: number): BackfillReport {
  const { counts, requestCount, leftMs } = progress;
  const perSecond = (count: number): number => (elapsedMs > 0 ? (count * 1000) / elapsedMs : 0);
  const doneMs = first.leftMs - leftMs;
  return {
    ...progress,
    eventsPerSecond: perSecond(counts.fetched),
    requestsPerSecond: perSecond(requestCount),
    etaMs: leftMs === 0 ? 0 : doneMs > 0 ? (leftMs / doneMs) * elapsedMs : undefined,
  };
}

function toNote(report: BackfillReport, nowMs: number): Readonly<Record<string, string | number | null>> {
  const { wantedMs, leftMs, counts, requestCount, eventsPerSecond, requestsPerSecond, etaMs } = report;
  return {
    at: new Date(nowMs).toISOString(),
    wanted_seconds: Math.round(wantedMs / 1000),
    left_seconds: Math.round(leftMs / 1000),
    events: counts.fetched,
    appended: counts.appended,
    requests: requestCount,
    events_per_second: round(eventsPerSecond),
    requests_per_second: round(requestsPerSecond),
    eta_seconds: etaMs === undefined ? null : Math.round(etaMs / 1000),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
