import type { Board } from "./board.ts";

/** What `/healthz` answers. */
export interface Health {
  readonly status: "ok" | "failing";
  readonly tables: readonly {
    readonly source: string;
    /** The child account; absent where the log source pulls its own. */
    readonly account?: string;
    readonly table: string;
    readonly status: "ok" | "failing" | "starting" | "skipped";
    readonly lag_seconds: number | null;
    readonly last_pull_at: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
}

/**
 * Judges the daemon; pure.
 *
 * It fails when a table had no good pull for `failingAfterMs`. A quiet stream is healthy: its pulls are good, they just bring
 * nothing. One failed pull is not a failure yet; a secret that is not populated is a state, not a failure.
 */
export function healthOf(
  board: Board,
  options: { readonly nowMs: number; readonly failingAfterMs: number },
): Health {
  const { nowMs, failingAfterMs } = options;
  const tables = board.tables().map(({ source, account, table, last, lastPullAtMs, lastGoodAtMs }) => {
    const isFailing = nowMs - lastGoodAtMs > failingAfterMs;
    const settled: "starting" | "ok" | "skipped" =
      last === undefined ? "starting" : last.skipped === undefined ? "ok" : "skipped";
    return {
      source,
      ...(account !== undefined && { account }),
      table,
      status: isFailing ? ("failing" as const) : settled,
      lag_seconds:
        last?.watermarkMs === undefined ? null : Math.max(0, Math.round((nowMs - last.watermarkMs) / 1000)),
      last_pull_at: lastPullAtMs === undefined ? null : new Date(lastPullAtMs).toISOString(),
      error: last?.error ?? null,
    };
  });
  return { status: tables.some(({ status }) => status === "failing") ? "failing" : "ok", tables };
}
