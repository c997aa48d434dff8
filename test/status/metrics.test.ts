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
