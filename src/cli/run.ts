import { type Logger, pino } from "pino";
import { createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { runDaemon as runLoop } from "../daemon/daemon.ts";
import { startServer } from "../daemon/server.ts";
import type { DuoObserver } from "../duo/client.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import { createBoard } from "../status/board.ts";
import { healthOf } from "../status/health.ts";
import { createMetrics } from "../status/metrics.ts";
import { statusPage } from "../status/page.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { loadContext } from "./load-context.ts";

export interface RunCommandOptions {
  readonly dir?: string;
  readonly port: string;
}

/** A daemon that is stopped ends within ten seconds; a commit that takes longer is as good as killed, which it survives. */
const STOP_MS_MAX = 9_000;
const FAILING_AFTER_MS_MIN = 15 * 60_000;

/** `duolake run`: pulls every interval until stopped. */
export async function runDaemon(options: RunCommandOptions, io: Io): Promise<number> {
  const port = readPort(options.port);
  const log = createLog(io);
  const config = await loadContext(options, io);
  const nowMs = systemClock.nowMs;
  const board = createBoard(
    config.logSources.flatMap((source) =>
      source.tables.map(({ name, resolvedName }) => ({ source: source.name, table: name, resolvedName })),
    ),
    nowMs(),
  );
  const metrics = createMetrics(board, nowMs);
  using _ = stopInTime(io, log);
  await using app = await createApp({
    config,
    clock: systemClock,
    env: io.env,
    observer: { duo: (source) => ({ ...metrics.duo(source), ...duoLog(log, source) }), pull: metrics.pull },
  });
  const failingAfterMs = Math.max(3 * config.pull.intervalMs, FAILING_AFTER_MS_MIN);
  const health = (): ReturnType<typeof healthOf> => healthOf(board, { nowMs: nowMs(), failingAfterMs });
  const page = (): string =>
    statusPage(board, { nowMs: nowMs(), health: health(), lake: config.lake.warehouse });
  await using server = await startServer({ port, health, metrics, page });
  log.info(
    { url: server.url, lake: config.lake.warehouse, interval_seconds: config.pull.intervalMs / 1000 },
    "started",
  );
  await runLoop(app, {
    intervalMs: config.pull.intervalMs,
    signal: io.signal,
    onResult: (result, durationMs) => {
      board.record(result, nowMs());
      metrics.pulled(result, durationMs);
      logResult(log, result, durationMs);
    },
  });
  log.info("stopped");
  return EXIT_DONE;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new DuolakeError(
    "usage_invalid",
    `Cannot serve: --port must be 0 to 65535, got ${JSON.stringify(text)}`,
  );
}

function createLog({ env, err }: Io): Logger {
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

/** Ends the process when it was asked to stop and did not in time. */
function stopInTime({ signal }: Io, log: Logger): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    log.info("stopping");
    timer = setTimeout(() => process.exit(EXIT_DONE), STOP_MS_MAX).unref();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    [Symbol.dispose]: () => {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    },
  };
}

function duoLog(log: Logger, source: string): DuoObserver {
  return {
    onWait: (path, delayMs, because) =>
      log.warn(
        { source, path, delay_ms: Math.round(delayMs), code: because.code },
        "waiting before the next request",
      ),
    onSkew: (skewMs) =>
      log.warn(
        { source, skew_seconds: Math.round(skewMs / 1000) },
        "this clock is wrong; signing with Duo's time",
      ),
  };
}

function logResult(log: Logger, result: TableResult, durationMs: number): void {
  const { source, table, fetched, appended, duplicates, rejected, skipped, error, gaps } = result;
  const fields = {
    source,
    table,
    fetched,
    appended,
    duplicates,
    rejected,
    duration_ms: Math.round(durationMs),
  };
  if (error !== undefined) log.error({ ...fields, code: error.code, reason: error.message }, "pull failed");
  else if (skipped !== undefined) log.warn({ source, table, skipped }, "not pulled");
  else log.info(fields, "pulled");
  for (const gap of gaps) log.warn({ source, table, ...gap }, "gap");
}
