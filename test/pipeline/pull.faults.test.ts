import { expect, test } from "vitest";
import type { FaultKind, FaultRule } from "../../simulator/faults.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type EventTable, NO_DIFFERENCE, STREAM_OF, startHarness } from "../support/pull-harness.ts";

const TABLES: readonly EventTable[] = ["auth", "admin"];

/** Faults that a pull must get over by itself, or report and make good in the next one. */
const KINDS: readonly (FaultKind | FaultRule)[] = [
  "rate_limited",
  { kind: "rate_limited", retryAfterSeconds: 7 },
  "internal_error",
  "bad_gateway",
  "unavailable",
  "stat_fail",
  { kind: "error_code", code: 40103 },
  { kind: "error_code", code: 40105 },
  { kind: "error_code", code: 40301 },
  { kind: "error_code", code: 40401 },
  { kind: "error_code", code: 40002 },
  "redirect",
  "not_json",
  "empty_body",
  "truncated_body",
  "reset_before_headers",
  "reset_after_headers",
  { kind: "clock_skew", skewMs: 3_600_000 },
  "duplicate_rows",
  "unordered_rows",
  "short_page",
  "repeated_cursor",
  "missing_cursor",
  "cursor_on_empty_page",
];

const matrix = TABLES.flatMap(
  (table) =>
    KINDS.map((kind) => {
      const rule: FaultRule = typeof kind === "string" ? { kind } : kind;
      return { table, rule, name: JSON.stringify(rule) };
    }),
  // v1 rows have no id: a row that comes twice in a page cannot be told from two equal events, and those are kept.
).filter(({ table, rule }) => !(table === "admin" && rule.kind === "duplicate_rows"));

test.each(matrix)("$table: $name once loses and repeats nothing", async ({ table, rule }) => {
  await using harness = await startHarness({
    tables: [table],
    simulator: { eventsPerDay: { authentication: 1_150, administrator: 1_150 }, attacks: false },
    batchRowCountMax: 700,
  });
  harness.simulator.faults.add({ ...rule, target: STREAM_OF[table] });
  const app = await harness.start();
  const all = { sources: app.sources, wants: () => true };
  await pullAll(app, all);
  harness.simulator.faults.clear();
  harness.simulator.clock.advance(300_000);
  const [second] = await pullAll(app, all);
  expect(second?.error).toBeUndefined();
  expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
});

test("a stream that fails keeps its cursor and does not stop the others", async () => {
  await using harness = await startHarness({ tables: ["auth", "admin", "telephony"] });
  for (const target of ["administrator_v1", "activity_v2"]) {
    harness.simulator.faults.add({ kind: "error_code", code: 40301, target, times: 0 });
  }
  const results = await harness.pull();
  const failed = results.find(({ table }) => table === "admin");
  expect(failed?.error).toMatchObject({ code: "duo_forbidden" });
  expect(failed?.error?.message).toContain("Grant read log");
  for (const table of ["auth", "telephony"] as const) {
    expect(results.find((result) => result.table === table)?.error).toBeUndefined();
    expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
  }
  const { lake } = await harness.start();
  const cursor = JSON.parse((await lake.load("duo_admin"))?.properties["duolake.cursor"] ?? "{}") as Record<
    string,
    string
  >;
  expect(cursor["watermark"]).toBe(cursor["start"]);
});

test("a 429 is waited out: nothing is sent before Retry-After", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  harness.simulator.faults.add({ kind: "rate_limited", retryAfterSeconds: 90, target: "authentication_v2" });
  const [result] = await harness.pull();
  expect(result?.error).toBeUndefined();
  const [limited, next] = harness.simulator.ledger
    .requests()
    .filter(({ stream }) => stream === "authentication_v2");
  expect((next?.atMs ?? 0) - (limited?.atMs ?? 0)).toBeGreaterThanOrEqual(90_000);
});

test("an account that always answers 429 fails the stream within bounds", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  harness.simulator.faults.add({ kind: "rate_limited", times: 0 });
  const [result] = await harness.pull();
  expect(result?.error).toMatchObject({ code: "duo_rate_limited" });
  expect(harness.simulator.ledger.requests().length).toBeLessThanOrEqual(3);
});

test("a wrong clock is found out, and requests are signed with Duo's time", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  const wrong = { ...harness.clock, nowMs: () => harness.clock.nowMs() + 3 * 3_600_000 };
  const app = await harness.start({ clock: wrong });
  const [result] = await pullAll(app, { sources: app.sources, wants: () => true });
  expect(result?.error).toBeUndefined();
  expect(result?.watermarkMs).toBeLessThanOrEqual(harness.clock.nowMs() - 120_000);
  await harness.pull();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
});

test("a clock that was set back a day loses and repeats nothing", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: { skewToleranceMs: Infinity } });
  await harness.pull();
  const back = await harness.start({
    clock: { ...harness.clock, nowMs: () => harness.clock.nowMs() - 86_400_000 },
  });
  await pullAll(back, { sources: back.sources, wants: () => true });
  harness.simulator.clock.advance(600_000);
  await harness.pull();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
});
