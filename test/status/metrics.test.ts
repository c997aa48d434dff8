import { describe, expect, test } from "vitest";
import { createMetrics } from "../../src/status/metrics.ts";
import { board, FAILED, MINUTE_MS, result, SKIPPED, START_MS } from "./support/made-results.ts";

const NAMES = [
  "duolake_events_total",
  "duolake_pulls_total",
  "duolake_errors_total",
  "duolake_gaps_total",
  "duolake_commits_total",
  "duolake_duo_requests_total",
  "duolake_pull_duration_seconds",
  "duolake_commit_duration_seconds",
  "duolake_lag_seconds",
  "duolake_last_good_pull_timestamp_seconds",
  "duolake_table_rows",
  "duolake_healed_events_total",
  "duolake_reread_requests_total",
  "duolake_backfill_events_total",
  "duolake_backfill_left_seconds",
  "process_resident_memory_bytes",
];

/** The value of one series; undefined where there is none. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe("createMetrics", () => {
  test("has every metric from the start, in the Prometheus text format", async () => {
    const metrics = createMetrics(board(), () => START_MS);
    const text = await metrics.text();
    expect(metrics.contentType).toMatch(/^text\/plain/);
    for (const name of NAMES) expect(text).toMatch(new RegExp(`^# TYPE ${name} `, "m"));
  });

  test("counts pulls, events, errors and gaps", async () => {
    const metrics = createMetrics(board(), () => START_MS);
    const gap = { fromMs: 0, toMs: 1, reason: "retention" as const };
    metrics.pulled(result({ appended: 5, duplicates: 2, rejected: 1, gaps: [gap] }), 2_000);
    metrics.pulled(FAILED, 100);
    metrics.pulled(SKIPPED, 1);
    const text = await metrics.text();
    const expected: Readonly<Record<string, number>> = {
      'duolake_events_total{source="duo",table="auth",outcome="appended"}': 5,
      'duolake_events_total{source="duo",table="auth",outcome="duplicate"}': 4,
      'duolake_events_total{source="duo",table="auth",outcome="rejected"}': 1,
      'duolake_pulls_total{source="duo",table="auth",result="ok"}': 1,
      'duolake_pulls_total{source="duo",table="auth",result="failed"}': 1,
      'duolake_pulls_total{source="duo",table="auth",result="skipped"}': 1,
      'duolake_errors_total{source="duo",table="auth",code="duo_forbidden"}': 1,
      'duolake_gaps_total{source="duo",table="auth",reason="retention"}': 1,
      'duolake_pull_duration_seconds_count{source="duo",table="auth"}': 3,
    };
    for (const [series, value] of Object.entries(expected))
      expect([series, valueOf(text, series)]).toEqual([series, value]);
  });

  test("counts requests and commits as they are observed", async () => {
    const metrics = createMetrics(board(), () => START_MS);
    const duo = metrics.duo("duo");
    for (const status of [200, 200, 429, 0]) duo.onRequest?.("/admin/v2/logs/authentication", status, 10);
    metrics.pull("duo", "auth").onCommit?.({ rowCount: 3, durationMs: 40 });
    const text = await metrics.text();
    const request = (status: number): string =>
      `duolake_duo_requests_total{source="duo",endpoint="/admin/v2/logs/authentication",status="${status}"}`;
    expect([200, 429, 0].map((status) => valueOf(text, request(status)))).toEqual([2, 1, 1]);
    expect(valueOf(text, 'duolake_commits_total{source="duo",table="auth"}')).toBe(1);
    expect(valueOf(text, 'duolake_commit_duration_seconds_sum{source="duo",table="auth"}')).toBe(0.04);
  });

  test("counts what goes on behind the pulls, from 0 on", async () => {
    const one = board();
    const metrics = createMetrics(one, () => START_MS);
    const key = { source: "duo", account: undefined, table: "auth" };
    const series = (name: string): string => `duolake_${name}{source="duo",table="auth"}`;
    const first = await metrics.text();
    for (const name of ["healed_events_total", "reread_requests_total", "backfill_events_total"]) {
      expect([name, valueOf(first, series(name))]).toEqual([name, 0]);
    }
    expect(valueOf(first, series("backfill_left_seconds"))).toBeUndefined();
    metrics.reread(key, { healedCount: 2, requestCount: 5 });
    metrics.reread(key, { healedCount: 1, requestCount: 5 });
    // Counts of one call of the backfill; the second one begins again.
    for (const count of [0, 100, 250, 0, 40]) metrics.backfilled(key, count);
    one.backfilled(key, { wantedMs: 90_000, leftMs: 60_000, isDone: false, eventsPerSecond: 1, etaMs: 5 });
    const text = await metrics.text();
    expect(valueOf(text, series("healed_events_total"))).toBe(3);
    expect(valueOf(text, series("reread_requests_total"))).toBe(10);
    expect(valueOf(text, series("backfill_events_total"))).toBe(290);
    expect(valueOf(text, series("backfill_left_seconds"))).toBe(60);
  });

  test("names the child account where there is one, and begins its counters at 0 too", async () => {
    const metrics = createMetrics(board(), () => START_MS);
    metrics.pulled(result({ account: "DA1", appended: 7, rejected: 0 }), 100);
    const text = await metrics.text();
    const series = (outcome: string): string =>
      `duolake_events_total{source="duo",table="auth",account="DA1",outcome="${outcome}"}`;
    expect(valueOf(text, series("appended"))).toBe(7);
    expect(valueOf(text, series("rejected"))).toBe(0);
    expect(valueOf(text, 'duolake_healed_events_total{source="duo",table="auth",account="DA1"}')).toBe(0);
  });

  test("says what waits and how fast each endpoint is asked", async () => {
    const endpoint = "/admin/v2/logs/authentication";
    const wait = { source: "duo", endpoint, reason: "hold", priority: "live", rejectedCount: 1 } as const;
    const traffic = {
      waits: () => [{ ...wait, account: undefined, untilMs: START_MS + 42_000 }],
      rates: () => [{ source: "duo", account: "DA1", endpoint, ratePerSecond: 2.5 }],
    };
    const text = await createMetrics(board(), () => START_MS, traffic).text();
    const labels = `source="duo",endpoint="${endpoint}"`;
    expect(valueOf(text, `duolake_waiting_seconds{${labels},reason="hold"}`)).toBe(42);
    const ofAccount = `source="duo",account="DA1",endpoint="${endpoint}"`;
    expect(valueOf(text, `duolake_request_rate_per_second{${ofAccount}}`)).toBe(2.5);
  });

  test("the lag grows with time alone, and is not known before the first pull", async () => {
    const one = board();
    let nowMs = START_MS;
    const metrics = createMetrics(one, () => nowMs);
    const lag = 'duolake_lag_seconds{source="duo",table="auth"}';
    expect(valueOf(await metrics.text(), lag)).toBeUndefined();
    one.record(result(), nowMs);
    expect(valueOf(await metrics.text(), lag)).toBe(120);
    nowMs += 10 * MINUTE_MS;
    const text = await metrics.text();
    expect(valueOf(text, lag)).toBe(720);
    expect(valueOf(text, 'duolake_table_rows{source="duo",table="auth"}')).toBe(1_234);
    const lastGood = 'duolake_last_good_pull_timestamp_seconds{source="duo",table="auth"}';
    expect(valueOf(text, lastGood)).toBe(START_MS / 1000);
  });

  test("two of them do not share their numbers", async () => {
    createMetrics(board(), () => START_MS).pulled(result(), 1);
    const other = await createMetrics(board(), () => START_MS).text();
    expect(valueOf(other, 'duolake_pulls_total{source="duo",table="auth",result="ok"}') ?? 0).toBe(0);
  });
});
