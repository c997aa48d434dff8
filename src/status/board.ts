import type { TableResult } from "../pipeline/pull-result.ts";

/** Names one line of the board. */
export interface BoardKey {
  readonly source: string;
  readonly account: string | undefined;
  readonly table: string;
}

/** How far the backfill of a table was when it last told. */
export interface BoardBackfill {
  /** The length of what is wanted, and of what is left of it, ms. */
  readonly wantedMs: number;
  readonly leftMs: number;
  /** True when its last slice is committed. */
  readonly isDone: boolean;
  readonly eventsPerSecond: number;
  /** Until it ends at the present pace, ms; undefined while nothing is known. */
  readonly etaMs: number | undefined;
}

/** What the daemon has seen of one table since it started. */
export interface BoardTable {
  readonly source: string;
  /** The child account; undefined where the log source pulls its own. */
  readonly account: string | undefined;
  readonly table: string;
  /** The name in the lake: `duo_auth`. */
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
  /** Undefined until the backfill told something. */
  readonly backfill: BoardBackfill | undefined;
  /** Events that re-reads found missing and added. */
  readonly healedCount: number;
}

/** The daemon's memory of what happened; health, metrics and page are read from it. */
export interface Board {
  readonly startedAtMs: number;
  /** Notes a pull; a child account that was not seen before is added. */
  readonly record: (result: TableResult, atMs: number) => void;
  readonly backfilled: (key: BoardKey, backfill: BoardBackfill) => void;
  /** Notes a re-read that ended. */
  readonly healed: (key: BoardKey, eventCount: number) => void;
  readonly tables: () => readonly BoardTable[];
}

/** A day of pulls every five minutes. */
const HISTORY_COUNT_MAX = 288;

/** @param tables in the order in which they are shown */
export function createBoard(
  tables: readonly { readonly source: string; readonly table: string }[],
  startedAtMs: number,
): Board {
  const entries = new Map<string, BoardTable>();
  const open = (source: string, table: string, account: string | undefined): BoardTable => ({
    source,
    account,
    table,
    resolvedName: `${source}_${table}`,
    last: undefined,
    lastPullAtMs: undefined,
    lastGoodAtMs: startedAtMs,
    rowCount: undefined,
    history: [],
    backfill: undefined,
    healedCount: 0,
  });
  const change = (key: BoardKey, changes: (before: BoardTable) => Partial<BoardTable>): void => {
    const { source, table, account } = key;
    const before = entries.get(keyOf(source, table, account));
    // Behind a pull there is always one that was recorded.
    if (before !== undefined) entries.set(keyOf(source, table, account), { ...before, ...changes(before) });
  };
  for (const { source, table } of tables) {
    entries.set(keyOf(source, table, undefined), open(source, table, undefined));
  }
  return {
    startedAtMs,
    tables: () => [...entries.values()],
    backfilled: (key, backfill) => change(key, () => ({ backfill })),
    healed: (key, eventCount) =>
      change(key, ({ healedCount }) => ({ healedCount: healedCount + eventCount })),
    record: (result, atMs) => {
      const { source, table, account } = result;
      const key = keyOf(source, table, account);
      const before = entries.get(key) ?? { ...open(source, table, account), lastGoodAtMs: atMs };
      const failed = result.error !== undefined;
      // The line of the whole log source stands only until its child accounts are known.
      if (account !== undefined) entries.delete(keyOf(source, table, undefined));
      entries.set(key, {
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

function keyOf(source: string, table: string, account: string | undefined): string {
  return `${source} ${table} ${account ?? ""}`;
}
