import type { Logger } from "pino";
import { type App, createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { BackgroundEvent } from "../daemon/background.ts";
import { runDaemon as runLoop } from "../daemon/daemon.ts";
import { keepMaintained } from "../daemon/keep-maintained.ts";
import { createRunLog, type RunLog } from "../daemon/run-log.ts";
import { startServer } from "../daemon/server.ts";
import { type Board, createBoard } from "../status/board.ts";
import { healthOf } from "../status/health.ts";
import { keepWaitingNotes } from "../status/keep-waiting-notes.ts";
import { createMetrics, type Metrics } from "../status/metrics.ts";
import { statusPage } from "../status/page.ts";
import { type AccountBudget, createTraffic } from "../status/traffic.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { loadContext } from "./load-context.ts";
import { watchAccounts } from "./watch-accounts.ts";

export interface RunCommandOptions {
  readonly dir?: string;
  readonly port: string;
}

/** A daemon that is stopped ends within ten seconds; a commit that takes longer is as good as killed, which it survives. */
const STOP_MS_MAX = 9_000;

/** `duolake run`: pulls every interval until stopped. */
export async function runDaemon(options: RunCommandOptions, io: Io): Promise<number> {
  const port = readPort(options.port);
  const { nowMs } = systemClock;
  const log = createRunLog(io, nowMs);
  const config = await loadContext(options, io);
  const { intervalMs, failingAfterMs } = config.pull;
  const { warehouse } = config.lake;
  const board = createBoard(
    config.logSources.flatMap((source) =>
      source.tables.map(({ name }) => ({ source: source.name, table: name })),
    ),
    nowMs(),
  );
  let budgets = (): readonly AccountBudget[] => [];
  const traffic = createTraffic(() => budgets(), nowMs);
  const metrics = createMetrics(board, nowMs, traffic);
  using _ = stopInTime(io, log.logger);
  await using opened = await createApp({
    config,
    clock: systemClock,
    env: io.env,
    observer: {
      duo: (source) => ({ ...metrics.duo(source), ...log.duo(source) }),
      pull: metrics.pull,
      leftOut: log.leftOut,
    },
  });
  const watched = watchAccounts(opened);
  budgets = watched.budgets;
  const health = (): ReturnType<typeof healthOf> => healthOf(board, { nowMs: nowMs(), failingAfterMs });
  const page = (): string =>
    statusPage(board, { nowMs: nowMs(), health: health(), lake: warehouse, waits: traffic.waits() });
  await using server = await startServer({ port, health, metrics, page });
  log.logger.info({ url: server.url, lake: warehouse, interval_seconds: intervalMs / 1000 }, "started");
  const ended = new AbortController();
  const { journal } = opened;
  const names = config.logSources.map(({ name }) => name);
  const noted = keepWaitingNotes({ traffic, journal, clock: systemClock }, names, ended.signal);
  try {
    const tools = { board, metrics, log, nowMs };
    await pullAndMaintain(watched.app, { intervalMs, signal: io.signal, ended }, tools);
  } finally {
    ended.abort();
    await noted;
  }
  log.logger.info("stopped");
  return EXIT_DONE;
}

/** Pulls until stopped; the maintenance behind it ends with the pulls. */
async function pullAndMaintain(
  app: App,
  run: { readonly intervalMs: number; readonly signal: AbortSignal; readonly ended: AbortController },
  tools: {
    readonly board: Board;
    readonly metrics: Metrics;
    readonly log: RunLog;
    readonly nowMs: () => number;
  },
): Promise<void> {
  const { intervalMs, signal, ended } = run;
  const { board, metrics, log, nowMs } = tools;
  const pulling = runLoop(app, {
    intervalMs,
    signal,
    onResult: (result, durationMs) => {
      board.record(result, nowMs());
      metrics.pulled(result, durationMs);
      log.pulled(result, durationMs);
    },
    onBackground: (event) => {
      noteBackground(event, { board, metrics });
      log.background(event);
    },
  });
  const maintaining = keepMaintained(app, {
    signal: AbortSignal.any([signal, ended.signal]),
    onMaintained: (result, scope) => {
      const { source, table, maintenance, error } = result;
      const compactedFileCount = maintenance?.compactedFileCount ?? 0;
      // A table that nothing was pulled into yet was not maintained.
      if (result.skipped === undefined)
        metrics.maintained({ source, table, isFailed: error !== undefined, compactedFileCount });
      log.maintained(result, scope);
    },
  });
  await Promise.all([pulling.finally(() => ended.abort()), maintaining]);
}

function noteBackground(
  event: BackgroundEvent,
  { board, metrics }: { readonly board: Board; readonly metrics: Metrics },
): void {
  if (event.kind === "reread") {
    const { healed, requestCount } = event.reread;
    board.healed(event, healed);
    metrics.reread(event, { healedCount: healed, requestCount });
  } else if (event.kind === "backfill") {
    const { wantedMs, leftMs, slice, counts, eventsPerSecond, etaMs } = event.report;
    const isDone = leftMs === 0 && slice === undefined;
    board.backfilled(event, { wantedMs, leftMs, isDone, eventsPerSecond, etaMs });
    metrics.backfilled(event, counts.fetched);
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new DuolakeError(
    "usage_invalid",
    `Cannot serve: --port must be 0 to 65535, got ${JSON.stringify(text)}`,
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
