import { systemClock } from "../core/clock.ts";
import { openLake } from "../lake/open-lake.ts";
import { gapJson } from "../pipeline/gaps.ts";
import { openJournal } from "../status/journal.ts";
import { lagSeconds, readStatus, type TableStatus } from "../status/status.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { formatCount, formatDuration, formatInstant, isoInstant } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { textTable } from "./text-table.ts";

/** `duolake status`: how far each table is, what it holds, what went wrong last. */
export async function status(options: CommonOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const lake = await openLake({ ...config.lake, clock: systemClock });
  const tables = await readStatus({ config, lake, journal: openJournal(config.dir) });
  const nowMs = systemClock.nowMs();
  if (options.json === true)
    io.out(`${JSON.stringify({ tables: tables.map((table) => statusJson(table, nowMs)) })}\n`);
  else printStatus(tables, nowMs, io);
  return EXIT_DONE;
}

/** One table's status in the documented shape (docs/cli-json.md). */
export function statusJson(table: TableStatus, nowMs: number): Record<string, unknown> {
  return {
    source: table.source,
    table: table.table,
    stream: table.stream ?? null,
    watermark: isoInstant(table.watermarkMs),
    lag_seconds: lagSeconds(table, nowMs) ?? null,
    rows: table.rowCount,
    files: table.fileCount,
    last_pull_at: table.lastPullAt ?? null,
    last_error: table.lastError ?? null,
    backfill: null,
    gaps: table.gaps.map(gapJson),
  };
}

function printStatus(tables: readonly TableStatus[], nowMs: number, io: Io): void {
  const rows = tables.map((table) => {
    const lag = lagSeconds(table, nowMs);
    return [
      table.resolvedName,
      table.stream ?? "",
      lag === undefined ? "never pulled" : `${formatDuration(lag)} ago`,
      formatCount(table.rowCount),
      formatCount(table.fileCount),
      table.lastPullAt === undefined
        ? ""
        : `${formatDuration((nowMs - Date.parse(table.lastPullAt)) / 1000)} ago`,
    ];
  });
  io.out(
    textTable(
      [
        { title: "table" },
        { title: "stream" },
        { title: "complete up to" },
        { title: "rows", align: "right" },
        { title: "files", align: "right" },
        { title: "last pull" },
      ],
      rows,
    ),
  );
  for (const { resolvedName, lastError, gaps } of tables) {
    if (lastError !== undefined) {
      const age = formatDuration((nowMs - Date.parse(lastError.at)) / 1000);
      io.out(`\n${resolvedName} failed ${age} ago (${lastError.code}):\n  ${lastError.message}\n`);
    }
    for (const gap of gaps) {
      io.out(
        `\n${resolvedName} has a gap that Duo made (${gap.reason}): ${formatInstant(gap.fromMs)} to ${formatInstant(gap.toMs)}\n`,
      );
    }
  }
}
