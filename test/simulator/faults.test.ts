import { describe, expect, test } from "vitest";

import { FAULT_KINDS, type FaultKind, type FaultRule } from "../../simulator/faults.ts";
import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";
import { get, NOW_MS, pageOf, type Answer, type Params } from "./client.ts";

const AUTH = "/admin/v2/logs/authentication";
const PARAMS = { mintime: NOW_MS - 2 * 86_400_000, maxtime: NOW_MS, sort: "ts:asc", limit: 10 };

function start(): Promise<Simulator> {
  return startSimulator({ users: 20, days: 2, nowMs: NOW_MS });
}

/** Sends one request that the fault hits and checks that the next one is well again. */
async function hit(rule: FaultRule, params: Params = PARAMS): Promise<Answer> {
  await using simulator = await start();
  simulator.faults.add(rule);
  const answer = await get(simulator, AUTH, { params });
  expect(simulator.faults.list()).toEqual([]);
  expect(simulator.ledger.requests().at(-1)).toMatchObject({ fault: rule.kind, status: answer.status });
  const next = await get(simulator, AUTH, { params });
  expect([next.status, next.body["stat"]]).toEqual([200, "OK"]);
  return answer;
}

async function page(
  rule: FaultRule,
  params = PARAMS,
): Promise<{ faulty: ReturnType<typeof pageOf>; right: ReturnType<typeof pageOf> }> {
  await using simulator = await start();
  return { faulty: pageOf(await hit(rule, params)), right: pageOf(await get(simulator, AUTH, { params })) };
}

describe("answer fault", () => {
  test.each<[FaultRule, number, number | undefined, string | null]>([
    [{ kind: "rate_limited" }, 429, 42901, null],
    [{ kind: "rate_limited", retryAfterSeconds: 7 }, 429, 42901, "7"],
    [{ kind: "internal_error" }, 500, 50000, null],
    [{ kind: "stat_fail" }, 200, 50000, null],
    [{ kind: "error_code", code: 40103 }, 401, 40103, null],
    [{ kind: "error_code", code: 40105 }, 401, 40105, null],
    [{ kind: "error_code", code: 40301 }, 403, 40301, null],
    [{ kind: "error_code", code: 40401 }, 404, 40401, null],
    [{ kind: "error_code" }, 403, 40301, null],
  ])("%o answers %i", async (rule, status, code, retryAfter) => {
    const answer = await hit(rule);
    expect([answer.status, answer.body["code"], answer.body["stat"]]).toEqual([status, code, "FAIL"]);
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
  });

  test.each<[FaultKind, number]>([
    ["bad_gateway", 502],
    ["unavailable", 503],
    ["not_json", 200],
  ])("%s answers HTML with status %i", async (kind, status) => {
    const answer = await hit({ kind });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("text/html");
    expect(answer.text).toContain("<html>");
  });

  test("empty_body answers 200 with nothing", async () => {
    expect(await hit({ kind: "empty_body" })).toMatchObject({ status: 200, text: "" });
  });

  test("redirect answers 302 with a location", async () => {
    const answer = await hit({ kind: "redirect", location: "https://elsewhere.example/" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://elsewhere.example/"]);
  });

  test("clock_skew refuses the date of a right clock", async () => {
    expect((await hit({ kind: "clock_skew", skewMs: -400_000 })).body["code"]).toBe(40105);
  });

  test("slow answers rightly, later", async () => {
    const startMs = performance.now();
    expect((await hit({ kind: "slow", delayMs: 60 })).status).toBe(200);
    expect(performance.now() - startMs).toBeGreaterThan(55);
  });

  test.each<FaultKind>(["reset_before_headers", "reset_after_headers", "truncated_body"])(
    "%s breaks the connection",
    async (kind) => {
      await using simulator = await start();
      simulator.faults.add({ kind });
      await expect(get(simulator, AUTH, { params: PARAMS })).rejects.toThrow(/fetch failed|terminated/);
      expect(simulator.ledger.requests()).toMatchObject([{ fault: kind }]);
      expect((await get(simulator, AUTH, { params: PARAMS })).status).toBe(200);
    },
  );

  test("hang answers nothing until the simulator stops", async () => {
    const simulator = await start();
    simulator.faults.add({ kind: "hang" });
    const answer = get(simulator, AUTH, { params: PARAMS }).then(
      () => "answered",
      () => "broken",
    );
    while (simulator.ledger.requests().length === 0)
      await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(simulator.ledger.requests()).toMatchObject([{ fault: "hang", status: 0 }]);
    await simulator.stop();
    expect(await answer).toBe("broken");
  });
});

describe("page fault", () => {
  test("duplicate_rows repeats rows", async () => {
    const { faulty, right } = await page({ kind: "duplicate_rows", rows: 2 });
    const [first, second, ...rest] = right.rows as [RawEvent, RawEvent];
    expect(faulty).toEqual({ ...right, rows: [first, first, second, second, ...rest] });
  });

  test("unordered_rows turns the page round", async () => {
    const { faulty, right } = await page({ kind: "unordered_rows" });
    expect(faulty).toEqual({ ...right, rows: right.rows.toReversed() });
  });

  test("short_page holds fewer rows, and its cursor loses none", async () => {
    await using simulator = await start();
    const { faulty, right } = await page({ kind: "short_page", rows: 3 });
    expect(faulty.rows).toEqual(right.rows.slice(0, 3));
    const next_offset = (faulty.next as string[]).join(",");
    const next = pageOf(await get(simulator, AUTH, { params: { ...PARAMS, next_offset } }));
    expect(next.rows.slice(0, 7)).toEqual(right.rows.slice(3));
  });

  test("missing_cursor leaves next_offset out", async () => {
    const { faulty, right } = await page({ kind: "missing_cursor" });
    expect(faulty).toEqual({ ...right, next: undefined });
  });

  test("repeated_cursor waits for a request with a cursor and sends it back", async () => {
    await using simulator = await start();
    simulator.faults.add({ kind: "repeated_cursor" });
    const first = pageOf(await get(simulator, AUTH, { params: PARAMS }));
    const next_offset = (first.next as string[]).join(",");
    const second = pageOf(await get(simulator, AUTH, { params: { ...PARAMS, next_offset } }));
    expect(second.next).toEqual(first.next);
    expect(second.rows[0]).not.toEqual(first.rows[0]);
    expect(simulator.ledger.requests().map(({ fault }) => fault)).toEqual([null, "repeated_cursor"]);
  });

  test("cursor_on_empty_page waits for an empty page", async () => {
    await using simulator = await start();
    simulator.faults.add({ kind: "cursor_on_empty_page" });
    expect(pageOf(await get(simulator, AUTH, { params: PARAMS })).rows).toHaveLength(10);
    const params = { ...PARAMS, mintime: NOW_MS - 1, maxtime: NOW_MS };
    const empty = pageOf(await get(simulator, AUTH, { params }));
    expect(empty.rows).toEqual([]);
    expect(empty.next).toEqual([String(NOW_MS), expect.any(String)]);
  });

  test("of rows hits v1 logs and Trust Monitor too", async () => {
    await using simulator = await start();
    simulator.inject("trust_monitor", [{ sekey: "SE1", surfaced_timestamp: NOW_MS - 5 }]);
    simulator.faults.add({ kind: "duplicate_rows", times: 2 });
    const list = (await get(simulator, "/admin/v1/logs/administrator")).body["response"] as RawEvent[];
    expect(list[0]).toEqual(list[1]);
    const { rows } = pageOf(
      await get(simulator, "/admin/v1/trust_monitor/events", {
        params: { mintime: NOW_MS - 10, maxtime: NOW_MS },
      }),
    );
    expect(rows).toHaveLength(2);
  });
});

describe("fault rules", () => {
  test("hit their endpoint, so many times, after so many requests", async () => {
    await using simulator = await start();
    simulator.faults.add({ kind: "internal_error", target: "authentication_v2", times: 2, skip: 1 });
    const statuses = [(await get(simulator, "/admin/v1/info/summary")).status];
    for (let i = 0; i < 4; i += 1) statuses.push((await get(simulator, AUTH, { params: PARAMS })).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
    expect(simulator.ledger.counts().authentication_v2.faults).toBe(2);
  });

  test("hit by chance, the same way for the same seed, until they are cleared", async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      await using simulator = await start();
      simulator.faults.add({ kind: "internal_error", target: AUTH, times: 0, probability: 0.5 });
      const statuses = [];
      for (let i = 0; i < 12; i += 1) statuses.push((await get(simulator, AUTH, { params: PARAMS })).status);
      runs.push(statuses);
      simulator.faults.clear();
      expect((await get(simulator, AUTH, { params: PARAMS })).status).toBe(200);
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0])).toEqual(new Set([200, 500]));
  });

  test("hit one account only, and only in their time", async () => {
    await using simulator = await startSimulator({ users: 3, days: 1, nowMs: NOW_MS, children: [{}] });
    const { accountId } = simulator.children[0] as { accountId: string };
    const childParams = { params: { account_id: accountId } };
    simulator.faults.add({
      kind: "internal_error",
      times: 0,
      accountId,
      activeFromMs: NOW_MS + 60_000,
      activeUntilMs: NOW_MS + 120_000,
    });
    const statuses = [];
    for (let minute = 0; minute < 3; minute += 1) {
      statuses.push((await get(simulator, "/admin/v1/info/summary", childParams)).status);
      expect((await get(simulator, "/admin/v1/info/summary")).status).toBe(200);
      simulator.clock.advance(60_000);
    }
    expect(statuses).toEqual([200, 500, 200]);
    expect(simulator.ledger.requests().map((request) => request.accountId)).toEqual([
      accountId,
      simulator.accountId,
      accountId,
      simulator.accountId,
      accountId,
      simulator.accountId,
    ]);
  });

  test("let the rows of one account be late", async () => {
    await using simulator = await startSimulator({ users: 40, days: 1, nowMs: NOW_MS, children: [{}] });
    const { accountId } = simulator.children[0] as { accountId: string };
    simulator.faults.add({ kind: "late_rows", accountId, share: 1, lateByMs: 3_600_000, fromMs: 0 });
    const newest = (id: string): number => {
      const last = simulator.ledger.expected("authentication_v2", { accountId: id }).at(-1);
      return NOW_MS - Date.parse(String(last?.["isotimestamp"]));
    };
    expect(newest(accountId)).toBeGreaterThan(3_600_000);
    expect(newest(simulator.accountId)).toBeLessThan(3_600_000);
  });

  test("of an unknown kind, target or chance are refused", async () => {
    await using simulator = await start();
    const bad = [
      { kind: "fire" as FaultKind },
      { kind: "slow", target: "auth" } as const,
      { kind: "slow", probability: 2 } as const,
    ];
    for (const rule of bad) expect(() => simulator.faults.add(rule)).toThrow("Cannot add the fault");
    expect(FAULT_KINDS).toHaveLength(22);
  });
});
