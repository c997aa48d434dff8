import { createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { type ReplayedTable, replayAll } from "../replay-all.ts";
import { chooseTables, type ChoiceOptions } from "./choose-tables.ts";
import { exitCodeOfPull } from "./exit-codes.ts";
import { failureLines } from "./failure-lines.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { readTime } from "./read-time.ts";
import { createReplayProgress } from "./replay-progress.ts";
import { textTable } from "./text-table.ts";

export interface ReplayCommandOptions extends CommonOptions, ChoiceOptions {
  readonly since?: string;
  readonly deadLettersOnly?: boolean;
  readonly dryRun?: boolean;
}

/** `duolake replay`: maps stored events and dead letters again, with the mapping that this version has. */
export async function replay(options: ReplayCommandOptions, io: Io): Promise<number> {
  const { since, deadLettersOnly, dryRun: isDryRun = false } = options;
  const nowMs = systemClock.nowMs();
  const sinceMs =
    since === undefined ? undefined : readTime(since, { option: "--since", nowMs, takesDuration: true });
  const config = await loadContext(options, io);
  const progress = createReplayProgress(io);
  await using app = await createApp({ config, clock: systemClock, env: io.env, observer: progress.observer });
  const results = await replayAll(app, {
    ...chooseTables(app, options),
    sinceMs,
    deadLettersOnly,
    isDryRun,
    onRows: progress.onRows,
    signal: io.signal,
  }).finally(progress.end);
  if (options.json === true) io.out(`${JSON.stringify({ tables: results.map(replayedJson) })}\n`);
  else printReplayed(results, isDryRun, io);
  return exitCodeOfPull(results);
}

/** One table's result in the documented shape (docs/cli-json.md). */
export function replayedJson(result: ReplayedTable): Record<string, unknown> {
  const { source, table, rowCount, changedCount, keptCount, letterCount, replayedCount } = result;
  return {
    source,
    table,
    rows: rowCount,
    changed: changedCount,
    kept: keptCount,
    letters: letterCount,
    replayed: replayedCount,
    reasons: Object.fromEntries(result.reasons),
    error: result.error ?? null,
  };
}

/** Prints what a replay did: a line for each table, why events could not be mapped, then failures. */
export function printReplayed(results: readonly ReplayedTable[], isDryRun: boolean, io: Io): void {
  if (results.length === 0)
    io.out("There is no table to replay: add files to log_sources/<source>/tables/.\n");
  const right = "right" as const;
  const counts = ["rows", "changed", "kept", "letters", "replayed"].map((title) => ({ title, align: right }));
  const rows = results.map((result) => {
    const { rowCount, changedCount, keptCount, letterCount, replayedCount } = result;
    const numbers = [rowCount, changedCount, keptCount, letterCount, replayedCount].map(formatCount);
    return [`${result.source}_${result.table}`, ...numbers, outcome(result, isDryRun)];
  });
  io.out(textTable([{ title: "table" }, ...counts, { title: "" }], rows));
  for (const { source, table, reasons } of results) {
    for (const [reason, count] of reasons)
      io.out(`\n${source}_${table}: ${formatCount(count)} cannot be mapped: ${reason}\n`);
  }
  const failed = results.map((result) => ({ ...result, account: undefined, skipped: undefined }));
  for (const line of failureLines(failed)) io.err(`duolake: ${line}\n`);
}

function outcome({ error, changedCount, replayedCount }: ReplayedTable, isDryRun: boolean): string {
  if (error !== undefined) return `failed: ${error.code}`;
  if (changedCount + replayedCount === 0) return "nothing to change";
  return isDryRun ? "not done: --dry-run" : "done";
}
