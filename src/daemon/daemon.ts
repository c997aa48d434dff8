import type { App, SourceApp } from "../app.ts";
import { DuolakeError } from "../core/errors.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { pullOne } from "../pull-all.ts";

/** Duo wants an endpoint asked at most once a minute. */
const INTERVAL_MS_MIN = 60_000;

export interface DaemonOptions {
  /** From the start of one pull of a table to the start of its next, ms; at least a minute is kept. */
  readonly intervalMs: number;
  /** Ends the daemon: what can be abandoned is, a commit under way is finished. */
  readonly signal: AbortSignal;
  readonly onResult: (puller: TablePuller, result: TableResult, durationMs: number) => void;
}

/**
 * Pulls every table in its own rhythm until stopped; resolves then. One table that waits or fails holds up no other, and no
 * failure ends the daemon (P4).
 */
export async function runDaemon(app: App, options: DaemonOptions): Promise<void> {
  await Promise.all(
    app.sources.flatMap((source) =>
      source.pullers.map((puller) => keepPulling(app, { source, puller }, options)),
    ),
  );
}

async function keepPulling(
  app: App,
  { source, puller }: { readonly source: SourceApp; readonly puller: TablePuller },
  options: DaemonOptions,
): Promise<void> {
  const { clock } = app;
  const { signal, onResult } = options;
  const intervalMs = Math.max(options.intervalMs, INTERVAL_MS_MIN);
  try {
    while (!signal.aborted) {
      const startMs = clock.nowMs();
      const result = await pullOne(app, { source, puller }, signal);
      if (signal.aborted) return;
      const tookMs = clock.nowMs() - startMs;
      onResult(puller, result, tookMs);
      // A clock that was set back must not make the pause longer than the interval.
      await clock.sleep(Math.min(Math.max(intervalMs - tookMs, 0), intervalMs), signal);
    }
  } catch (error) {
    if (!(error instanceof DuolakeError) || error.code !== "stopped") throw error;
  }
}
