import { type Logger, pino } from "pino";
import type { AppObserver } from "../app.ts";
import { DuolakeError } from "../core/errors.ts";
import type { DuoObserver } from "../duo/duo-observer.ts";
import type { MaintainedTable } from "../maintain-all.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { BackgroundEvent } from "./background.ts";

/** Where the lines go, and the environment that may say how many there are. */
export interface LogSink {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly err: (text: string) => void;
}

/** What keeps on pulling tells in JSON lines (docs/operations.md, "Logs"). */
export interface RunLog {
  readonly logger: Logger;
  readonly duo: (source: string) => DuoObserver;
  readonly leftOut: NonNullable<AppObserver["leftOut"]>;
  readonly pulled: (result: TableResult, durationMs: number) => void;
  readonly background: (event: BackgroundEvent) => void;
  readonly maintained: (table: MaintainedTable, scope: "all" | "open_days") => void;
}

/** A backfill tells of every page; nobody reads that. */
const BACKFILL_INTERVAL_MS = 30_000;

/**
 * Opens the log.
 *
 * @param nowMs ms since 1970
 * @throws usage_invalid where DUOLAKE_LOG_LEVEL is no level
 */
export function createRunLog(sink: LogSink, nowMs: () => number): RunLog {
  const logger = createLogger(sink);
  const saidOnce = new Set<string>();
  const backfillToldMs = new Map<string, number>();
  return {
    logger,
    maintained: (table, scope) => logMaintained(logger, table, scope),
    duo: (source) => duoLog(logger, source),
    leftOut: (source, { code, message }) => {
      // Child accounts are asked for again and again, with the same outcome.
      if (saidOnce.has(`${source} ${message}`)) return;
      saidOnce.add(`${source} ${message}`);
      logger.warn({ source, code, reason: message }, "an account is left out");
    },
    pulled: (result, durationMs) => logResult(logger, result, durationMs),
    background: (event) => {
      if (event.kind !== "backfill") {
        logBackground(logger, event);
        return;
      }
      const { source, account, table, report } = event;
      const isEnd = report.leftMs === 0 && report.slice === undefined;
      // Each start of the daemon finds a complete backfill complete.
      if (isEnd && report.requestCount === 0) return;
      const key = `${source} ${account ?? ""} ${table}`;
      if (!isEnd && nowMs() - (backfillToldMs.get(key) ?? -Infinity) < BACKFILL_INTERVAL_MS) return;
      backfillToldMs.set(key, nowMs());
      logBackfill(logger, event, isEnd);
    },
  };
}

function createLogger({ env, err }: LogSink): Logger {
  const level = env["DUOLAKE_LOG_LEVEL"] || "info";
  const levels = [...Object.keys(pino.levels.values), "silent"];
  if (levels.includes(level)) {
    return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, level }, { write: err });
  }
  throw new DuolakeError(
    "usage_invalid",
    `Cannot use DUOLAKE_LOG_LEVEL: it must be one of ${levels.join(", ")}, got ${JSON.stringify(level)}`,
  );
}

function duoLog(logger: Logger, source: string): DuoObserver {
  return {
    onWait: (path, delayMs, because) =>
      logger.warn(
        { source, path, delay_ms: Math.round(delayMs), code: because.code },
        "waiting before the next request",
      ),
    onSkew: (skewMs) =>
      logger.warn(
        { source, skew_seconds: Math.round(skewMs / 1000) },
        "this clock is wrong; signing with Duo's time",
      ),
  };
}

function logResult(logger: Logger, result: TableResult, durationMs: number): void {
  const { fetched, appended, duplicates, rejected, skipped, error, gaps } = result;
  const of = namesOf(result);
  const fields = { ...of, fetched, appended, duplicates, rejected, duration_ms: Math.round(durationMs) };
  if (error !== undefined)
    logger.error({ ...fields, code: error.code, reason: error.message }, "pull failed");
  else if (skipped !== undefined) logger.warn({ ...of, skipped }, "not pulled");
  else logger.info(fields, "pulled");
  for (const gap of gaps) logger.warn({ ...of, ...gap }, "gap");
}

function logBackground(logger: Logger, event: Exclude<BackgroundEvent, { readonly kind: "backfill" }>): void {
  const of = namesOf(event);
  if (event.kind === "failed") {
    const { doing, code, message } = event;
    logger.warn({ ...of, doing, code, reason: message }, "background work failed");
    return;
  }
  const { stream, range, requestCount, expected, healed, rejected } = event.reread;
  const [from, to] = [range.fromMs, range.toMs].map((ms) => new Date(ms).toISOString());
  logger.info({ ...of, stream, from, to, requests: requestCount, expected, healed, rejected }, "read again");
}

function logBackfill(
  logger: Logger,
  event: Extract<BackgroundEvent, { readonly kind: "backfill" }>,
  isEnd: boolean,
): void {
  const { counts, requestCount, wantedMs, leftMs, eventsPerSecond, etaMs } = event.report;
  const fields = {
    ...namesOf(event),
    percent: wantedMs === 0 ? 100 : Math.floor(((wantedMs - leftMs) / wantedMs) * 100),
    fetched: counts.fetched,
    appended: counts.appended,
    rejected: counts.rejected,
    requests: requestCount,
    events_per_second: Math.round(eventsPerSecond),
  };
  if (isEnd) logger.info(fields, "backfilled");
  else {
    const etaSeconds = etaMs === undefined ? null : Math.round(etaMs / 1000);
    logger.info({ ...fields, eta_seconds: etaSeconds }, "backfilling");
  }
}

/** The hourly look at days that are not over says nothing where it found nothing to do. */
function logMaintained(logger: Logger, result: MaintainedTable, scope: "all" | "open_days"): void {
  const { source, table, maintenance, durationMs, error } = result;
  if (error !== undefined) {
    logger.warn({ source, table, code: error.code, reason: error.message }, "maintenance failed");
    return;
  }
  if (maintenance === undefined || (scope === "open_days" && maintenance.compactedFileCount === 0)) return;
  const { filesBefore, filesAfter, expiredSnapshotCount, orphans, metadataFiles } = maintenance;
  logger.info(
    {
      source,
      table,
      files_before: filesBefore.count,
      files_after: filesAfter.count,
      bytes_before: filesBefore.sizeBytes,
      bytes_after: filesAfter.sizeBytes,
      snapshots_expired: expiredSnapshotCount,
      orphans: orphans.count,
      metadata_bytes: metadataFiles.sizeBytes,
      duration_ms: Math.round(durationMs),
    },
    "maintained",
  );
}

function namesOf({
  source,
  account,
  table,
}: {
  readonly source: string;
  readonly account?: string | undefined;
  readonly table: string;
}): { readonly source: string; readonly account?: string; readonly table: string } {
  return account === undefined ? { source, table } : { source, account, table };
}
