import type { CheckedHour } from "../pipeline/completeness.ts";
import { RETENTION_MS } from "../pipeline/window.ts";
import type { VerifiedTable } from "../verify-all.ts";
import { isRemarkable } from "./is-remarkable.ts";
import { failureLines } from "./failure-lines.ts";
import { formatCount, formatInstant } from "./format.ts";
import type { Io } from "./io.ts";
import { textTable } from "./text-table.ts";

export interface PrintVerifiedOptions {
  /** What was asked for, ms since 1970. */
  readonly sinceMs: number;
  readonly nowMs: number;
  /** List the hours in which something was or is missing. */
  readonly listsHours: boolean;
}

const HOUR_MS = 3_600_000;
const right = "right" as const;
const COUNTS = ["expected", "present", "healed", "missing"] as const;
const COUNT_COLUMNS = COUNTS.map((title) => ({ title, align: right }));

/** Prints what a comparison found: a line for each table, the hours, then what could not be compared, and failures. */
export function printVerified(
  results: readonly VerifiedTable[],
  options: PrintVerifiedOptions,
  io: Io,
): void {
  if (results.length === 0)
    io.out("There is no table to compare: add files to log_sources/<source>/tables/.\n");
  const hasAttempts = results.some(({ verification }) =>
    verification?.hours.some(({ attempts }) => attempts !== undefined),
  );
  const columns = [
    { title: "table" },
    ...COUNT_COLUMNS,
    ...(hasAttempts ? [{ title: "attempts", align: right }] : []),
    { title: "" },
  ];
  const rows = results.map((result) => {
    const hours = result.verification?.hours;
    const cells = [...countCells(hours), ...(hasAttempts ? [attemptsCell(hours)] : [])];
    return [nameOf(result), ...cells, outcome(result)];
  });
  io.out(textTable(columns, rows));
  if (options.listsHours) printHours(results, hasAttempts, io);
  for (const result of results)
    for (const line of remarks(result, options)) io.out(`\n${nameOf(result)}: ${line}\n`);
  for (const line of failureLines(results)) io.err(`duolake: ${line}\n`);
}

function printHours(results: readonly VerifiedTable[], hasAttempts: boolean, io: Io): void {
  const rows = results.flatMap((result) =>
    (result.verification?.hours ?? [])
      .filter(isRemarkable)
      .map((hour) => [
        formatInstant(hour.hourMs),
        nameOf(result),
        ...countCells([hour]),
        ...(hasAttempts ? [attemptsCell([hour])] : []),
      ]),
  );
  if (rows.length === 0) {
    io.out("\nNo hour lacked anything.\n");
    return;
  }
  const columns = [
    { title: "hour" },
    { title: "table" },
    ...COUNT_COLUMNS,
    { title: "attempts", align: right },
  ];
  io.out(`\n${textTable(hasAttempts ? columns : columns.slice(0, -1), rows)}`);
}

function countCells(hours: readonly CheckedHour[] | undefined): string[] {
  return COUNTS.map((name) =>
    hours === undefined ? "" : formatCount(hours.reduce((sum, hour) => sum + hour[name], 0)),
  );
}

function attemptsCell(hours: readonly CheckedHour[] = []): string {
  const known = hours.flatMap(({ attempts }) => (attempts === undefined ? [] : [attempts]));
  return known.length === 0 ? "" : formatCount(known.reduce((sum, count) => sum + count, 0));
}

function nameOf({ source, table, account }: VerifiedTable): string {
  return account === undefined ? `${source}_${table}` : `${source}_${table} of ${account}`;
}

const WHY_SKIPPED: Readonly<Record<string, string>> = {
  secret_not_populated: "skipped",
  never_pulled: "never pulled; `duolake pull` begins",
  no_events: "has no events to compare",
  not_held: "holds nothing of that time",
};

function outcome({ error, skipped, verification }: VerifiedTable): string {
  if (error !== undefined) return `failed: ${error.code}`;
  if (skipped !== undefined) return WHY_SKIPPED[skipped] ?? skipped;
  const hours = verification?.hours ?? [];
  if (hours.some(({ missing }) => missing > 0)) return "INCOMPLETE";
  return hours.some(({ healed }) => healed > 0) ? "complete now" : "complete";
}

function remarks({ verification }: VerifiedTable, { sinceMs, nowMs }: PrintVerifiedOptions): string[] {
  if (verification === undefined) return [];
  const { range, attemptsProblem } = verification;
  // Whole hours are compared, and whole seconds of the first one.
  const isShorter = range.fromMs - Math.floor(sinceMs / HOUR_MS) * HOUR_MS > 1_000;
  const isAllDuoKeeps = range.fromMs - (nowMs - RETENTION_MS) < HOUR_MS;
  const from = formatInstant(range.fromMs);
  const shorter = isAllDuoKeeps
    ? `compared from ${from} on: Duo keeps nothing older`
    : `compared from ${from} on: the table holds nothing older yet; \`duolake backfill\` or \`duolake run\` fetches it`;
  return [
    ...(isShorter ? [shorter] : []),
    ...(attemptsProblem === undefined
      ? []
      : [`Duo's counter of authentication attempts could not be asked: ${attemptsProblem}`]),
  ];
}
