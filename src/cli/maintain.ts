import { type App, createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { type KeptTable, keptTables, maintainAll, type MaintainedTable } from "../maintain-all.ts";
import type { ChoiceOptions } from "./choose-tables.ts";
import { exitCodeOfPull } from "./exit-codes.ts";
import { failureLines } from "./failure-lines.ts";
import { findNamed } from "./find-named.ts";
import { formatBytes, formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { textTable } from "./text-table.ts";

export interface MaintainCommandOptions extends CommonOptions, ChoiceOptions {
  readonly dryRun?: boolean;
}

/** `duolake maintain`: compacts the tables, takes old snapshots out of their history and removes orphans; Duo is not asked. */
export async function maintain(options: MaintainCommandOptions, io: Io): Promise<number> {
  const { dryRun: isDryRun = false } = options;
  const config = await loadContext(options, io);
  await using app = await createApp({ config, clock: systemClock, env: io.env });
  const results = await maintainAll(app, chooseKept(app, options), {
    isDryRun,
    signal: io.signal,
    onTable: ({ resolvedName }) => {
      if (io.isTerminal && options.json !== true) io.err(`maintaining ${resolvedName}\n`);
    },
  });
  if (options.json === true) {
    io.out(`${JSON.stringify({ tables: results.map((result) => maintainedJson(result, isDryRun)) })}\n`);
  } else printMaintained(results, isDryRun, io);
  return exitCodeOfPull(results);
}

/** The tables that were named, the dead letters and the completeness among them, where the user named any. */
function chooseKept({ sources }: App, { source, table }: ChoiceOptions): readonly KeptTable[] {
  const chosen =
    source === undefined
      ? sources
      : [findNamed(sources, { kind: "log source", name: source, nameOf: ({ name }) => name })];
  const all = chosen.flatMap(keptTables);
  if (table === undefined) return all;
  findNamed(all, { kind: "table", name: table, nameOf: (kept) => kept.table });
  return all.filter((kept) => kept.table === table);
}

/** One table's result in the documented shape (docs/cli-json.md). */
export function maintainedJson(result: MaintainedTable, isDryRun: boolean): Record<string, unknown> {
  const { source, table, maintenance, durationMs, skipped, error } = result;
  const orphans = maintenance?.orphans;
  return {
    source,
    table,
    files_before: maintenance?.filesBefore.count ?? null,
    files_after: maintenance?.filesAfter.count ?? null,
    bytes_before: maintenance?.filesBefore.sizeBytes ?? null,
    bytes_after: maintenance?.filesAfter.sizeBytes ?? null,
    compacted: maintenance?.compactedFileCount ?? 0,
    given_up: maintenance?.givenUpCount ?? 0,
    snapshots_expired: maintenance?.expiredSnapshotCount ?? 0,
    files_expired: maintenance?.expiredFileCount ?? 0,
    orphans: orphans?.count ?? 0,
    orphan_bytes: orphans?.sizeBytes ?? 0,
    orphan_paths: orphans?.paths ?? [],
    metadata_files: maintenance?.metadataFiles.count ?? null,
    metadata_bytes: maintenance?.metadataFiles.sizeBytes ?? null,
    dry_run: isDryRun,
    seconds: Math.round(durationMs / 100) / 10,
    skipped: skipped ?? null,
    error: error ?? null,
  };
}

/** Prints what maintenance did: a line for each table that there is, in a dry run the orphans, then failures. */
export function printMaintained(results: readonly MaintainedTable[], isDryRun: boolean, io: Io): void {
  const there = results.filter(({ skipped }) => skipped === undefined);
  if (there.length === 0) io.out("There is no table to maintain yet: the first `duolake pull` makes them.\n");
  else
    io.out(
      textTable(
        COLUMNS,
        there.map((result) => cellsOf(result, isDryRun)),
      ),
    );
  if (isDryRun) {
    for (const { maintenance } of there) {
      for (const path of maintenance?.orphans.paths ?? []) io.out(`orphan: ${path}\n`);
    }
  }
  const failed = results.map((result) => ({ ...result, account: undefined, skipped: undefined }));
  for (const line of failureLines(failed)) io.err(`duolake: ${line}\n`);
}

const COLUMNS = [
  { title: "table" },
  ...["files", "to", "size", "to", "snapshots", "expired files", "orphans", "metadata"].map((title) => ({
    title,
    align: "right" as const,
  })),
  { title: "" },
];

function cellsOf(result: MaintainedTable, isDryRun: boolean): readonly string[] {
  const { resolvedName, maintenance } = result;
  if (maintenance === undefined)
    return [resolvedName, ...COLUMNS.slice(2).map(() => ""), outcome(result, isDryRun)];
  const { filesBefore, filesAfter, expiredSnapshotCount, expiredFileCount, orphans, metadataFiles } =
    maintenance;
  const isSizeKnown = !isDryRun || filesAfter.count === filesBefore.count;
  return [
    resolvedName,
    formatCount(filesBefore.count),
    formatCount(filesAfter.count),
    formatBytes(filesBefore.sizeBytes),
    isSizeKnown ? formatBytes(filesAfter.sizeBytes) : "",
    `-${formatCount(expiredSnapshotCount)}`,
    `-${formatCount(expiredFileCount)}`,
    orphans.count === 0 ? "0" : `-${formatCount(orphans.count)} (${formatBytes(orphans.sizeBytes)})`,
    `${formatCount(metadataFiles.count)} (${formatBytes(metadataFiles.sizeBytes)})`,
    outcome(result, isDryRun),
  ];
}

function outcome({ error, maintenance }: MaintainedTable, isDryRun: boolean): string {
  if (error !== undefined) return `failed: ${error.code}`;
  if (maintenance === undefined) return "";
  const { compactedFileCount, givenUpCount, expiredSnapshotCount, orphans } = maintenance;
  if (givenUpCount > 0) return "partly: others were first";
  if (compactedFileCount + expiredSnapshotCount + orphans.count === 0) return "nothing to do";
  return isDryRun ? "not done: --dry-run" : "done";
}
