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
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new DuolakeError(
      "usage_invalid",
      `Cannot serve: --port must be 0 to 65535, got ${JSON.stringify(options.port)}`,
    );
  }
  const config = await loadContext(options, io);
  const log: Logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, level: io.env["DUOLAKE_LOG_LEVEL"] ?? "info" },
    { write: io.err },
  );
  const nowMs = systemClock.nowMs;
  const board = createBoard(
    config.logSources.flatMap((source) =>
      source.tables.map(({ name, resolvedName }) => ({ source: source.name, table: name, resolvedName })),
    ),
    nowMs(),
  );
  const metrics = createMetrics(board, nowMs);
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
  io.signal.addEventListener("abort", () => {
    log.info("stopping");
    setTimeout(() => process.exit(EXIT_DONE), STOP_MS_MAX).unref();
  });
  await runLoop(app, {
    intervalMs: config.pull.intervalMs,
    signal: io.signal,
    onResult: (puller, result, durationMs) => {
      board.record(puller.resolvedName, result, nowMs());
      metrics.pulled(result, durationMs);
      logResult(log, result, durationMs);
    },
  });
  log.info("stopped");
  return EXIT_DONE;
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
