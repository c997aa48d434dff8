import type { AddedColumns } from "./added-columns.ts";
import type { TableConfig } from "./config.ts";
import type { ConfigProblem } from "./problem.ts";

/** A place in a file of the Matano directory. */
export type Place = Omit<ConfigProblem, "message">;

interface Origin {
  /** The table's own file. */
  readonly file: string;
  /** The log source's, then the table's. */
  readonly added: readonly AddedColumns[];
}

// Beside the tables and not in them: whoever prints or compares a configuration does not want positions.
const ORIGINS = new WeakMap<TableConfig, Origin>();

/** Keeps where the columns of a table were written. */
export function keepOrigin(table: TableConfig, origin: Origin): void {
  ORIGINS.set(table, origin);
}

/**
 * Says where a column of a table was written: the field or the ECS name that brings it or what holds it; for a column of duolake's
 * own the beginning of the table's file.
 *
 * @param table from `loadConfig`
 * @param path dotted, with or without `element` for the elements of lists
 * @throws TypeError for any other table
 */
export function columnPlace(table: TableConfig, path: string): Place {
  const origin = ORIGINS.get(table);
  if (origin === undefined) throw new TypeError("Cannot place columns of a table that was not loaded");
  const names = path.split(".").filter((step) => step !== "element");
  // A member may be called `element`.
  const candidates = [path, ...names.map((_, i) => names.slice(0, names.length - i).join("."))];
  for (const name of candidates) {
    for (const { file, columnAt } of origin.added.toReversed()) {
      const position = columnAt(name);
      if (position !== undefined) return { file, ...position };
    }
  }
  return { file: origin.file, line: 1, column: 1 };
}
