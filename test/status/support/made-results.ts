import type { TableResult } from "../../../src/pipeline/pull-result.ts";
import { type Board, createBoard } from "../../../src/status/board.ts";

export const START_MS: number = Date.UTC(2026, 2, 12, 15, 30);
export const MINUTE_MS = 60_000;

/** The result of a pull that did what it was asked, but for the changes. */
export function result(changes: Partial<TableResult> = {}): TableResult {
  return {
    source: "duo",
    table: "auth",
    stream: "authentication_v2",
    fetched: 3,
    appended: 2,
    duplicates: 1,
    rejected: 0,
    gaps: [],
    watermarkMs: START_MS - 2 * MINUTE_MS,
    snapshotId: 1n,
    rowCount: 1_234,
    skipped: undefined,
    error: undefined,
    ...changes,
  };
}

export const FAILED: TableResult = result({
  appended: 0,
  rowCount: undefined,
  watermarkMs: undefined,
  error: { code: "duo_forbidden", message: "no permission" },
});
export const SKIPPED: TableResult = result({
  appended: 0,
  rowCount: undefined,
  watermarkMs: undefined,
  skipped: "secret_not_populated",
});

/** A board with the tables `duo_auth` and `duo_admin`. */
export function board(): Board {
  const tables = ["auth", "admin"].map((table) => ({ source: "duo", table, resolvedName: `duo_${table}` }));
  return createBoard(tables, START_MS);
}
