import { gapJson } from "../pipeline/gaps.ts";
import type { BackfillStatus } from "../status/backfill-status.ts";
import type { EndpointWait } from "../status/endpoint-wait.ts";
import { lagSeconds } from "../status/lag-seconds.ts";
import type { TableStatus } from "../status/table-status.ts";
import { isoInstant } from "./format.ts";

/** One table's status in the documented shape (docs/cli-json.md). */
export function statusJson(table: TableStatus, nowMs: number): Record<string, unknown> {
  return {
    source: table.source,
    account: table.account ?? null,
    table: table.table,
    stream: table.stream ?? null,
    stream_since: isoInstant(table.streamSinceMs),
    watermark: isoInstant(table.watermarkMs),
    lag_seconds: lagSeconds(table, nowMs) ?? null,
    rows: table.rowCount,
    files: table.fileCount,
    last_pull_at: table.lastPullAt ?? null,
    last_error: table.lastError ?? null,
    backfill: table.backfill === undefined ? null : backfillJson(table.backfill),
    gaps: table.gaps.map(gapJson),
    drift: table.drift.map(({ what, count, firstAt }) => ({ what, count, first: firstAt })),
    dead_letters: table.deadLetterCount,
    last_day_reread: isoInstant(table.dayRereadMs),
    last_week_reread: isoInstant(table.weekRereadMs),
    reread_requests_per_day: table.rereadRequestsPerDay ?? null,
    waiting: table.waiting === undefined ? null : waitingJson(table.waiting),
  };
}

function backfillJson(backfill: BackfillStatus): Record<string, unknown> {
  return {
    state: backfill.state,
    since: isoInstant(backfill.sinceMs),
    reached: isoInstant(backfill.reachedMs),
    percent: backfill.percent,
    events_per_second: backfill.eventsPerSecond ?? null,
    eta_seconds: backfill.etaSeconds ?? null,
  };
}

function waitingJson({
  endpoint,
  reason,
  priority,
  untilMs,
  rejectedCount,
}: EndpointWait): Record<string, unknown> {
  return {
    endpoint,
    reason,
    priority: priority ?? null,
    until: isoInstant(untilMs),
    rejected_count: rejectedCount ?? null,
  };
}
