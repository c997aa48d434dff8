import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import type { DuoObserver } from "../duo/client.ts";
import type { PullObserver } from "../pipeline/pull-observer.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { Board, BoardKey } from "./board.ts";
import { addBoardGauges } from "./board-gauges.ts";
import { tableLabels } from "./table-labels.ts";
import type { Traffic } from "./traffic.ts";
import { addTrafficGauges } from "./traffic-gauges.ts";

/** The daemon's metrics; names and labels are listed in docs/operations.md. */
export interface Metrics {
  /** The Prometheus text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  readonly duo: (source: string) => DuoObserver;
  readonly pull: (source: string, table: string) => PullObserver;
  readonly pulled: (result: TableResult, durationMs: number) => void;
  readonly reread: (
    key: BoardKey,
    done: { readonly healedCount: number; readonly requestCount: number },
  ) => void;
  /** @param eventCount events that this call of the backfill has fetched so far; less than before where a new one began */
  readonly backfilled: (key: BoardKey, eventCount: number) => void;
  readonly maintained: (done: {
    readonly source: string;
    readonly table: string;
    readonly isFailed: boolean;
    readonly compactedFileCount: number;
  }) => void;
}

/**
 * @param board read at each scrape for what changes with time alone, such as the lag
 * @param traffic read at each scrape for what waits and how fast Duo is asked
 */
export function createMetrics(board: Board, nowMs: () => number, traffic?: Traffic): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = createCounters(registry);
  const { commits, requests } = counters;
  const { pullSeconds, commitSeconds } = createHistograms(registry);
  addBoardGauges(registry, board, nowMs);
  if (traffic !== undefined) addTrafficGauges(registry, traffic, nowMs);
  const begun = new Set<string>();
  const begin = (key: BoardKey): ReturnType<typeof tableLabels> => {
    const labels = tableLabels(key);
    const name = Object.values(labels).join(" ");
    if (!begun.has(name)) beginAtZero(counters, labels);
    begun.add(name);
    return labels;
  };
  for (const table of board.tables()) begin(table);
  const backfilledCounts = new Map<string, number>();
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
      const labels = begin({ ...result, account: result.account });
      countPull(counters, labels, result);
      pullSeconds.observe(labels, durationMs / 1000);
    },
    reread: (key, { healedCount, requestCount }) => {
      const labels = begin(key);
      counters.healed.inc(labels, healedCount);
      counters.rereadRequests.inc(labels, requestCount);
    },
    backfilled: (key, eventCount) => {
      const labels = begin(key);
      const name = Object.values(labels).join(" ");
      const before = backfilledCounts.get(name) ?? 0;
      counters.backfilled.inc(labels, eventCount < before ? eventCount : eventCount - before);
      backfilledCounts.set(name, eventCount);
    },
    maintained: ({ source, table, isFailed, compactedFileCount }) => {
      counters.maintained.inc({ source, table, result: isFailed ? "failed" : "ok" });
      counters.compacted.inc({ source, table }, compactedFileCount);
    },
  };
}

type CounterName =
  | "events"
  | "pulls"
  | "errors"
  | "gaps"
  | "commits"
  | "requests"
  | "healed"
  | "rereadRequests"
  | "backfilled"
  | "maintained"
  | "compacted";
type Counters = Readonly<Record<CounterName, Counter>>;

function createCounters(registry: Registry): Counters {
  const registers = [registry];
  const perTable = ["source", "table", "account"] as const;
  const counter = (name: string, help: string, labelNames: readonly string[]): Counter =>
    new Counter({ name, help, labelNames, registers });
  return {
    events: counter("duolake_events_total", "Events fetched by pulls, by what became of them", [
      ...perTable,
      "outcome",
    ]),
    pulls: counter("duolake_pulls_total", "Pulls, by how they ended", [...perTable, "result"]),
    errors: counter("duolake_errors_total", "Failed pulls, by error code", [...perTable, "code"]),
    gaps: counter("duolake_gaps_total", "Gaps that Duo made", [...perTable, "reason"]),
    commits: counter("duolake_commits_total", "Commits made", ["source", "table"]),
    requests: counter("duolake_duo_requests_total", "Requests to Duo, by HTTP status (0: no answer)", [
      "source",
      "endpoint",
      "status",
    ]),
    healed: counter("duolake_healed_events_total", "Events that re-reads found missing and added", perTable),
    rereadRequests: counter("duolake_reread_requests_total", "Requests that re-reads took", perTable),
    backfilled: counter("duolake_backfill_events_total", "Events that the backfill fetched", perTable),
    maintained: counter("duolake_maintenance_total", "Maintenances of tables, by how they ended", [
      "source",
      "table",
      "result",
    ]),
    compacted: counter("duolake_compacted_files_total", "Data files that larger ones took the place of", [
      "source",
      "table",
    ]),
  };
}

function createHistograms(
  registry: Registry,
): Readonly<Record<"pullSeconds" | "commitSeconds", Histogram<"source" | "table" | "account">>> {
  const registers = [registry];
  const labelNames = ["source", "table", "account"] as const;
  return {
    pullSeconds: new Histogram({
      name: "duolake_pull_duration_seconds",
      help: "How long pulls took",
      labelNames,
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800],
      registers,
    }),
    commitSeconds: new Histogram({
      name: "duolake_commit_duration_seconds",
      help: "How long commits took, writing the files included",
      labelNames,
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    }),
  };
}

/** A counter that starts with its first event hides that event from increase() and rate(). */
function beginAtZero(counters: Counters, labels: ReturnType<typeof tableLabels>): void {
  const { events, pulls, gaps, commits, healed, rereadRequests, backfilled } = counters;
  for (const outcome of ["appended", "duplicate", "rejected"]) events.inc({ ...labels, outcome }, 0);
  for (const result of ["ok", "failed", "skipped"]) pulls.inc({ ...labels, result }, 0);
  for (const reason of ["retention", "saturated_second"]) gaps.inc({ ...labels, reason }, 0);
  for (const one of [healed, rereadRequests, backfilled]) one.inc(labels, 0);
  commits.inc({ source: labels.source, table: labels.table }, 0);
}

function countPull(
  { events, pulls, errors, gaps }: Counters,
  labels: ReturnType<typeof tableLabels>,
  result: TableResult,
): void {
  const { appended, duplicates, rejected, error, skipped } = result;
  events.inc({ ...labels, outcome: "appended" }, appended);
  events.inc({ ...labels, outcome: "duplicate" }, duplicates);
  events.inc({ ...labels, outcome: "rejected" }, rejected);
  pulls.inc({ ...labels, result: error ? "failed" : skipped ? "skipped" : "ok" });
  if (error !== undefined) errors.inc({ ...labels, code: error.code });
  for (const { reason } of result.gaps) gaps.inc({ ...labels, reason });
}
