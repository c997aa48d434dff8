import type { BackfillStatus } from "../status/backfill-status.ts";
import { describeWait } from "../status/endpoint-wait.ts";
import { lagSeconds } from "../status/lag-seconds.ts";
import type { TableStatus } from "../status/table-status.ts";
import { formatCount, formatDuration, formatInstant } from "./format.ts";
import type { Io } from "./io.ts";
import { textTable } from "./text-table.ts";

interface StatusColumn {
  readonly title: string;
  readonly align?: "right";
  readonly cell: (table: TableStatus, nowMs: number) => string;
  /** Left out where it says nothing of any table, so that the usual answer fits a terminal. */
  readonly isOptional?: true;
}

const COLUMNS: readonly StatusColumn[] = [
  { title: "table", cell: ({ resolvedName }) => resolvedName },
  { title: "account", isOptional: true, cell: ({ account = "" }) => account },
  { title: "stream", cell: streamCell },
  { title: "complete up to", cell: (table, nowMs) => agoOr("never pulled", lagSeconds(table, nowMs)) },
  { title: "rows", align: "right", cell: ({ rowCount }) => formatCount(rowCount) },
  { title: "files", align: "right", cell: ({ fileCount }) => formatCount(fileCount) },
  {
    title: "last pull",
    cell: ({ lastPullAt }, nowMs) => sinceText(lastPullAt && Date.parse(lastPullAt), nowMs),
  },
  { title: "backfill", isOptional: true, cell: ({ backfill }) => backfillCell(backfill) },
  { title: "day, week re-read", isOptional: true, cell: rereadCell },
  {
    title: "rejected",
    align: "right",
    isOptional: true,
    cell: ({ deadLetterCount: count }) => countOr("", count),
  },
  { title: "gaps", align: "right", isOptional: true, cell: ({ gaps }) => countOr("", gaps.length) },
  { title: "unknown in events", isOptional: true, cell: driftCell },
];

/** Prints a line for each table and account, then waits, failures and gaps in words. */
export function printStatus(tables: readonly TableStatus[], nowMs: number, io: Io): void {
  const shown = COLUMNS.map((column) => ({
    column,
    cells: tables.map((table) => column.cell(table, nowMs)),
  })).filter(({ column, cells }) => column.isOptional !== true || cells.some((cell) => cell !== ""));
  const rows = tables.map((_table, index) => shown.map(({ cells }) => cells[index] ?? ""));
  io.out(
    textTable(
      shown.map(({ column }) => column),
      rows,
    ),
  );
  for (const table of tables) for (const text of remarks(table, nowMs)) io.out(`\n${text}\n`);
  const requestCount = tables.reduce((sum, { rereadRequestsPerDay = 0 }) => sum + rereadRequestsPerDay, 0);
  if (requestCount > 0) io.out(`\nRe-reads take about ${formatCount(requestCount)} requests a day.\n`);
}

function remarks(table: TableStatus, nowMs: number): string[] {
  const { resolvedName, account, waiting, lastError, gaps } = table;
  const name = account === undefined ? resolvedName : `${resolvedName} of ${account}`;
  const texts: string[] = [];
  if (waiting !== undefined) {
    texts.push(`${name} waits until ${formatInstant(waiting.untilMs)}: ${describeWait(waiting)}`);
  }
  if (lastError !== undefined) {
    const age = formatDuration((nowMs - Date.parse(lastError.at)) / 1000);
    texts.push(`${name} failed ${age} ago (${lastError.code}):\n  ${lastError.message}`);
  }
  for (const { reason, fromMs, toMs } of gaps) {
    texts.push(
      `${name} has a gap that Duo made (${reason}): ${formatInstant(fromMs)} to ${formatInstant(toMs)}`,
    );
  }
  return texts;
}

function streamCell({ stream = "", streamSinceMs }: TableStatus): string {
  return streamSinceMs === undefined ? stream : `${stream} since ${formatInstant(streamSinceMs)}`;
}

function backfillCell(backfill: BackfillStatus | undefined): string {
  if (backfill === undefined) return "";
  const { state, percent, etaSeconds } = backfill;
  if (state === "none") return "not begun";
  if (state === "done") return `done, since ${formatInstant(backfill.sinceMs).slice(0, 10)}`;
  return etaSeconds === undefined ? `${percent} %` : `${percent} %, ${formatDuration(etaSeconds)} left`;
}

function rereadCell({ dayRereadMs, weekRereadMs }: TableStatus, nowMs: number): string {
  if (dayRereadMs === undefined && weekRereadMs === undefined) return "";
  return `${sinceText(dayRereadMs, nowMs) || "not yet"}, ${sinceText(weekRereadMs, nowMs) || "not yet"}`;
}

/** What Duo sends and this version does not know: how many kinds, how often. */
function driftCell({ drift }: TableStatus): string {
  const count = drift.reduce((sum, one) => sum + one.count, 0);
  return count === 0
    ? ""
    : `${drift.length} kind${drift.length === 1 ? "" : "s"}, ${formatCount(count)} time${count === 1 ? "" : "s"}`;
}

function sinceText(atMs: number | "" | undefined, nowMs: number): string {
  return atMs === undefined || atMs === "" ? "" : agoOr("", (nowMs - atMs) / 1000);
}

function agoOr(otherwise: string, seconds: number | undefined): string {
  return seconds === undefined ? otherwise : `${formatDuration(seconds)} ago`;
}

function countOr(none: string, count: number): string {
  return count === 0 ? none : formatCount(count);
}
