import type { TableDifference } from "../diff-lake.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { textTable } from "./text-table.ts";

/** Prints what the next pulls would do to tables; what is as it should be is left out. */
export function printDifferences(differences: readonly TableDifference[], io: Io): void {
  const lines = differences.flatMap(linesOf);
  if (lines.length > 0) {
    io.out(
      textTable(
        TITLES.map((title) => ({ title })),
        lines,
      ),
    );
  }
  for (const { error } of differences) if (error !== undefined) io.err(`duolake: ${error.message}\n`);
}

/** One table in the documented shape (docs/cli-json.md). */
export function differenceJson(difference: TableDifference): Record<string, unknown> {
  const { source, table, change, plan, error } = difference;
  return {
    source,
    table,
    change,
    added: (plan?.added ?? []).map(({ path: column, type }) => ({ column, type })),
    promoted: (plan?.promoted ?? []).map(({ path: column, from, to }) => ({ column, from, to })),
    unconfigured: (plan?.unwanted ?? []).map(({ path: column, type }) => ({ column, type })),
    renames: plan?.renames ?? [],
    conflicts: (plan?.conflicts ?? []).map(({ path: column, reason }) => ({ column, reason })),
    error: error ?? null,
  };
}

const TITLES = ["table", "change", "column", ""];

function linesOf({ resolvedName, change, plan, error }: TableDifference): readonly (readonly string[])[] {
  if (error !== undefined) return [[resolvedName, "unreadable", "", error.code]];
  if (plan === undefined) return [[resolvedName, "keep", "", "not configured: stays as it is"]];
  const { added, promoted, unwanted, renames, conflicts } = plan;
  const came =
    change === "create"
      ? [["create", "", `${formatCount(added.length)} columns`]]
      : added.map(({ path, type }) => ["add", path, short(type)]);
  const lines = [
    ...conflicts.map(({ path, reason }) => ["refuse", path, reason]),
    // With a conflict nothing is added, and what would be is no news beside it.
    ...(conflicts.length > 0 ? [] : came),
    ...promoted.map(({ path, from, to }) => ["promote", path, `${from} -> ${to}`]),
    ...unwanted.map(({ path, type }) => ["keep", path, `${short(type)}, not configured: null in new rows`]),
    ...renames.map(({ from, to }) => ["hint", to, `no new name of ${from}: names of columns stay`]),
  ];
  return lines.map((line) => [resolvedName, ...line]);
}

const TYPE_LENGTH_MAX = 60;

function short(type: string): string {
  return type.length > TYPE_LENGTH_MAX ? `${type.slice(0, TYPE_LENGTH_MAX)}…` : type;
}
