import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DuoObserver } from "../duo/client.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { PullObserver } from "../pipeline/pull-observer.ts";
import type { Board } from "./board.ts";

/** The daemon's metrics; names and labels are listed in docs/operations.md. */
export interface Metrics {
  /** The Prometheus text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  readonly duo: (source: string) => DuoObserver;
  readonly pull: (source: string, table: string) => PullObserver;
  readonly pulled: (result: TableResult, durationMs: number) => void;
}

/** @param board read at each scrape for what changes with time alone, such as the lag */
export function createMetrics(board: Board, nowMs: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const perTable = ["source", "table"] as const;
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> => new Counter({ name, help, labelNames, registers });
  const events = counter("duolake_events_total", "Events fetched, by what became of them", [
    ...perTable,
    "outcome",
  ]);
  const pulls = counter("duolake_pulls_total", "Pulls, by how they ended", [...perTable, "result"]);
  const errors = counter("duolake_errors_total", "Failed pulls, by error code", [...perTable, "code"]);
  const gaps = counter("duolake_gaps_total", "Gaps that Duo made", [...perTable, "reason"]);
  const commits = counter("duolake_commits_total", "Commits made", perTable);
  const requests = counter("duolake_duo_requests_total", "Requests to Duo, by HTTP status (0: no answer)", [
    "source",
    "endpoint",
    "status",
  ]);
  const pullSeconds = new Histogram({
    name: "duolake_pull_duration_seconds",
    help: "How long pulls took",
    labelNames: perTable,
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800],
    registers,
  });
  const commitSeconds = new Histogram({
    name: "duolake_commit_duration_seconds",
    help: "How long commits took, writing the files included",
    labelNames: perTable,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  addBoardGauges(registry, board, nowMs);
  // A counter that starts with its first event hides that event from increase() and rate().
  for (const { source, table } of board.tables()) {
    for (const outcome of ["appended", "duplicate", "rejected"]) events.inc({ source, table, outcome }, 0);
    for (const result of ["ok", "failed", "skipped"]) pulls.inc({ source, table, result }, 0);
    for (const reason of ["retention", "saturated_second"]) gaps.inc({ source, table, reason }, 0);
    commits.inc({ source, table }, 0);
  }
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    duo: (source) => ({
      onRequest: (endpoint, status) => requests.inc({ source, endpoint, status: String(status) }),
    }),
    pull: (source, table) => ({
      onCommit: ({ durationMs }) => {
        commits.inc({ source, table });
        commitSeconds.observe({ source, table }, durationMs / 1000);
      },
    }),
    pulled: (result, durationMs) => {
      const { source, table, appended, duplicates, rejected, error, skipped } = result;
      events.inc({ source, table, outcome: "appended" }, appended);
      events.inc({ source, table, outcome: "duplicate" }, duplicates);
      events.inc({ source, table, outcome: "rejected" }, rejected);
      pulls.inc({ source, table, result: error ? "failed" : skipped ? "skipped" : "ok" });
      if (error !== undefined) errors.inc({ source, table, code: error.code });
      for (const { reason } of result.gaps) gaps.inc({ source, table, reason });
      pullSeconds.observe({ source, table }, durationMs / 1000);
    },
  };
}

function addBoardGauges(registry: Registry, board: Board, nowMs: () => number): void {
  const registers = [registry];
  const labelNames = ["source", "table"] as const;
  const gauge = (
    name: string,
    help: string,
    read: (table: ReturnType<Board["tables"]>[number]) => number | undefined,
  ): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const table of board.tables()) {
          const value = read(table);
          if (value !== undefined) this.set({ source: table.source, table: table.table }, value);
        }
      },
    });
  gauge("duolake_lag_seconds", "Age of the time up to which the table is complete", ({ last }) =>
    last?.watermarkMs === undefined ? undefined : (nowMs() - last.watermarkMs) / 1000,
  );
  gauge(
    "duolake_last_good_pull_timestamp_seconds",
    "When a pull last did what it was asked",
    ({ lastGoodAtMs }) => lastGoodAtMs / 1000,
  );
  gauge("duolake_table_rows", "Rows in the table", ({ rowCount }) => rowCount);
}
