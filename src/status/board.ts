import type { TableResult } from "../pipeline/pull-result.ts";

/** What the daemon has seen of one table since it started. */
export interface BoardTable {
  readonly source: string;
  readonly table: string;
  readonly resolvedName: string;
  /** The last pull; undefined before the first one ended. */
  readonly last: TableResult | undefined;
  readonly lastPullAtMs: number | undefined;
  /** When a pull last did what it was asked, ms since 1970; the start of the daemon before that. */
  readonly lastGoodAtMs: number;
  /** Rows in the lake after the last pull. */
  readonly rowCount: number | undefined;
  /** Rows that each of the last pulls appended, oldest first. */
  readonly history: readonly { readonly atMs: number; readonly appended: number; readonly failed: boolean }[];
}

/** The daemon's memory of what happened; health, metrics and page are read from it. */
export interface Board {
  readonly startedAtMs: number;
  readonly record: (table: string, result: TableResult, atMs: number) => void;
  readonly tables: () => readonly BoardTable[];
}

/** A day of pulls every five minutes. */
const HISTORY_COUNT_MAX = 288;

/** @param tables in the order in which they are shown */
export function createBoard(
  tables: readonly { readonly source: string; readonly table: string; readonly resolvedName: string }[],
  startedAtMs: number,
): Board {
  const entries = new Map<string, BoardTable>();
  for (const table of tables) {
    const { source, resolvedName } = table;
    entries.set(resolvedName, {
      source,
      table: table.table,
      resolvedName,
      last: undefined,
      lastPullAtMs: undefined,
      lastGoodAtMs: startedAtMs,
      rowCount: undefined,
      history: [],
    });
  }
  return {
    startedAtMs,
    tables: () => [...entries.values()],
    record: (table, result, atMs) => {
      const before = entries.get(table);
      if (before === undefined) return;
      const failed = result.error !== undefined;
      entries.set(table, {
        ...before,
        last: result,
        lastPullAtMs: atMs,
        lastGoodAtMs: failed ? before.lastGoodAtMs : atMs,
        rowCount: result.rowCount ?? before.rowCount,
        history: [...before.history, { atMs, appended: result.appended, failed }].slice(-HISTORY_COUNT_MAX),
      });
    },
  };
}
