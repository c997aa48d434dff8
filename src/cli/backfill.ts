import { createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { RETENTION_MS } from "../pipeline/window.ts";
import { backfillAll, type BackfillResult } from "./backfill-all.ts";
import { createBackfillProgress } from "./backfill-progress.ts";
import { chooseTables, type ChoiceOptions } from "./choose-tables.ts";
import { exitCodeOfPull } from "./exit-codes.ts";
import { failureLines } from "./failure-lines.ts";
import { formatCount, formatDuration, formatInstant, isoInstant } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { readTime } from "./read-time.ts";
import { textTable } from "./text-table.ts";

export interface BackfillCommandOptions extends CommonOptions, ChoiceOptions {
  readonly since?: string;
  readonly until?: string;
}

/** `duolake backfill`: pulls, then fetches what lies before, newest first, and goes on where an earlier one ended. */
export async function backfill(options: BackfillCommandOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const nowMs = systemClock.nowMs();
  const range = readRange(options, { nowMs, usualMs: config.pull.backfillMs || RETENTION_MS });
  const progress = createBackfillProgress(io);
  await using app = await createApp({ config, clock: systemClock, env: io.env, observer: progress.observer });
  const results = await backfillAll(app, {
    ...chooseTables(app, options),
    ...range,
    onProgress: progress.onProgress,
    signal: io.signal,
  }).finally(progress.end);
  if (options.json === true) io.out(`${JSON.stringify({ tables: results.map(backfillJson) })}\n`);
  else printBackfill(results, io);
  return exitCodeOfPull(results);
}

function readRange(
  { since, until }: BackfillCommandOptions,
  { nowMs, usualMs }: { readonly nowMs: number; readonly usualMs: number },
): { readonly sinceAgoMs: number; readonly untilMs: number | undefined } {
  const sinceMs =
    since === undefined
      ? nowMs - usualMs
      : readTime(since, { option: "--since", nowMs, takesDuration: true });
  const untilMs =
    until === undefined ? undefined : readTime(until, { option: "--until", nowMs, takesDuration: false });
  if (untilMs !== undefined && untilMs <= sinceMs) {
    throw new DuolakeError(
      "usage_invalid",
      `Cannot backfill: --until must be later than --since (${formatInstant(sinceMs)}), got ${JSON.stringify(until)}`,
    );
  }
  return { sinceAgoMs: nowMs - sinceMs, untilMs };
}

/** One table's result in the documented shape (docs/cli-json.md). */
export function backfillJson(result: BackfillResult): Record<string, unknown> {
  const { source, table, account, stream, sinceMs, report, durationMs, skipped, error } = result;
  const { fetched = 0, appended = 0, duplicates = 0, rejected = 0 } = report?.counts ?? {};
  return {
    source,
    table,
    ...(account !== undefined && { account }),
    stream,
    since: isoInstant(sinceMs),
    reached: isoInstant(reachedMs(result)),
    events: fetched,
    appended,
    duplicates,
    rejected,
    requests: report?.requestCount ?? 0,
    seconds: Math.round(durationMs / 100) / 10,
    skipped: skipped ?? null,
    error: error ?? null,
  };
}

/** From when on the table holds what was wanted: at the end everything since `--since`. */
function reachedMs({ report, sinceMs }: BackfillResult): number | undefined {
  return report === undefined ? undefined : (report.reachedMs ?? sinceMs);
}

/** Prints what a backfill did: a line for each table, then failures. */
export function printBackfill(results: readonly BackfillResult[], io: Io): void {
  if (results.length === 0)
    io.out("There is no table to backfill: add files to log_sources/<source>/tables/.\n");
  const hasAccounts = results.some(({ account }) => account !== undefined);
  const rows = results.map((result) => {
    const { source, account, table, report, durationMs } = result;
    const reached = reachedMs(result);
    return [
      source,
      ...(hasAccounts ? [account ?? ""] : []),
      table,
      reached === undefined ? "" : formatInstant(reached),
      formatCount(report?.counts.fetched ?? 0),
      formatCount(report?.counts.appended ?? 0),
      formatCount(report?.counts.rejected ?? 0),
      formatCount(report?.requestCount ?? 0),
      formatDuration(durationMs / 1000),
      outcome(result),
    ];
  });
  const right = "right" as const;
  const columns = [
    { title: "source" },
    ...(hasAccounts ? [{ title: "account" }] : []),
    { title: "table" },
    { title: "complete from" },
    { title: "events", align: right },
    { title: "new", align: right },
    { title: "rejected", align: right },
    { title: "requests", align: right },
    { title: "took", align: right },
    { title: "" },
  ];
  io.out(textTable(columns, rows));
  const [stopped, failed] = [results.filter(isStopped), results.filter((result) => !isStopped(result))];
  for (const line of failureLines(failed)) io.err(`duolake: ${line}\n`);
  if (stopped.length > 0)
    io.err("duolake: stopped; the next `duolake backfill` or `duolake run` goes on from there\n");
}

function isStopped({ error }: BackfillResult): boolean {
  return error?.code === "stopped";
}

function outcome(result: BackfillResult): string {
  const { error, skipped, report } = result;
  if (isStopped(result)) return "stopped";
  if (error !== undefined) return `failed: ${error.code}`;
  if (skipped !== undefined) return "skipped";
  if (report === undefined) return "has no past";
  return report.requestCount === 0 ? "nothing left to do" : "done";
}
