import { createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { stringifyJson } from "../core/json.ts";
import { gapJson } from "../pipeline/gaps.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import { pullAll } from "../pull-all.ts";
import { chooseTables, type ChoiceOptions } from "./choose-tables.ts";
import { exitCodeOfPull } from "./exit-codes.ts";
import { failureLines } from "./failure-lines.ts";
import { formatCount, formatInstant, isoInstant } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { createPullProgress } from "./pull-progress.ts";
import { textTable } from "./text-table.ts";

export interface PullCommandOptions extends CommonOptions, ChoiceOptions {}

/** `duolake pull`: pulls once and says what came. */
export async function pull(options: PullCommandOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const progress = createPullProgress(io);
  await using app = await createApp({ config, clock: systemClock, env: io.env, observer: progress.observer });
  const selection = chooseTables(app, options);
  const results = await pullAll(app, selection, io.signal).finally(progress.end);
  if (options.json === true) io.out(`${stringifyJson({ tables: results.map(resultJson) })}\n`);
  else printResults(results, io);
  return exitCodeOfPull(results);
}

/** One table's result in the documented shape (docs/cli-json.md). */
export function resultJson(result: TableResult): Record<string, unknown> {
  const { source, table, stream, fetched, appended, duplicates, rejected } = result;
  return {
    source,
    ...(result.account !== undefined && { account: result.account }),
    table,
    stream,
    fetched,
    appended,
    duplicates,
    rejected,
    gaps: result.gaps.map(gapJson),
    watermark: isoInstant(result.watermarkMs),
    snapshot_id: result.snapshotId ?? null,
    skipped: result.skipped ?? null,
    error: result.error ?? null,
  };
}

/** Prints what a pull did: a line for each table, then gaps and failures. */
export function printResults(results: readonly TableResult[], io: Io): void {
  if (results.length === 0) io.out("There is no table to pull: add files to log_sources/<source>/tables/.\n");
  const hasAccounts = results.some(({ account }) => account !== undefined);
  const rows = results.map((result) => [
    result.source,
    ...(hasAccounts ? [result.account ?? ""] : []),
    result.table,
    formatCount(result.appended),
    formatCount(result.duplicates),
    formatCount(result.rejected),
    result.watermarkMs === undefined ? "" : formatInstant(result.watermarkMs),
    result.error !== undefined
      ? `failed: ${result.error.code}`
      : result.skipped !== undefined
        ? "skipped"
        : "",
  ]);
  const right = "right" as const;
  io.out(
    textTable(
      [
        { title: "source" },
        ...(hasAccounts ? [{ title: "account" }] : []),
        { title: "table" },
        { title: "new", align: right },
        { title: "known", align: right },
        { title: "rejected", align: right },
        { title: "complete up to" },
        { title: "" },
      ],
      rows,
    ),
  );
  for (const { table, account, gaps } of results) {
    for (const gap of gaps) {
      io.err(
        `duolake: ${table}${account === undefined ? "" : ` of ${account}`}: Duo does not hand out what lies between ${formatInstant(gap.fromMs)} and ${formatInstant(gap.toMs)} (${gap.reason})\n`,
      );
    }
  }
  for (const line of failureLines(results)) io.err(`duolake: ${line}\n`);
}
