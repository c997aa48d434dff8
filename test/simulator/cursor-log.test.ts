import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import { streamNamed, type RawEvent, type StreamName } from "../../simulator/streams.ts";
import { drain, get, NOW_MS, pageOf } from "./client.ts";

const DAY_MS = 86_400_000;
const AUTH = "/admin/v2/logs/authentication";
const WINDOW = { mintime: NOW_MS - 4 * DAY_MS, maxtime: NOW_MS };

function small(options = {}): Promise<Simulator> {
  return startSimulator({ users: 40, days: 3, nowMs: NOW_MS, ...options });
}

function identities(simulator: Simulator, stream: StreamName, events: readonly RawEvent[]): string[] {
  return events.map((event) => simulator.ledger.identity(stream, event));
}

describe("v2 log", () => {
  test.each<StreamName>(["authentication_v2", "activity_v2", "telephony_v2"])(
    "%s, page by page, gives exactly what the ledger expects",
    async (stream) => {
      await using simulator = await small();
      const rows = await drain(simulator, streamNamed(stream).path, { ...WINDOW, limit: 7 });
      const expected = simulator.ledger.expected(stream);
      expect(rows.length).toBeGreaterThan(10);
      expect(rows).toEqual(expected);
      expect(new Set(identities(simulator, stream, rows)).size).toBe(rows.length);
    },
  );

  test("is newest first unless asked otherwise, and pages backwards as well", async () => {
    await using simulator = await small();
    const first = pageOf(await get(simulator, AUTH, { params: { ...WINDOW, limit: 200 } }));
    const next_offset = (first.next as string[]).join(",");
    const second = pageOf(await get(simulator, AUTH, { params: { ...WINDOW, limit: 1000, next_offset } }));
    const rows = [...first.rows, ...second.rows].toReversed();
    expect(rows).toEqual(simulator.ledger.expected("authentication_v2"));
  });

  test("returns the cursor of the last row also on the last page, and null on an empty one", async () => {
    await using simulator = await small();
    const params = { ...WINDOW, sort: "ts:asc", limit: 1000 };
    const { rows, next, total } = pageOf(await get(simulator, AUTH, { params }));
    const last = rows.at(-1) as RawEvent;
    expect(next).toEqual([String(Date.parse(String(last["isotimestamp"]))), last["txid"]]);
    expect(total).toBe(rows.length);
    const end = pageOf(
      await get(simulator, AUTH, { params: { ...params, next_offset: (next as string[]).join(",") } }),
    );
    expect(end).toEqual({ rows: [], next: null, total });
  });

  test("returns activity and telephony cursors as text and totals as objects", async () => {
    await using simulator = await small();
    const answer = pageOf(
      await get(simulator, "/admin/v2/logs/activity", { params: { ...WINDOW, limit: 1 } }),
    );
    expect(answer.next).toMatch(/^\d{13},[0-9a-f-]{36}$/);
    expect(answer.total).toEqual({ relation: "eq", value: simulator.ledger.counts().activity_v2.visible });
    await using integers = await small({ totalObjects: "integer" });
    expect(pageOf(await get(integers, "/admin/v2/logs/activity", { params: WINDOW })).total).toBeTypeOf(
      "number",
    );
  });

  test("hands out 100 rows by default", async () => {
    await using simulator = await small();
    expect(pageOf(await get(simulator, AUTH, { params: WINDOW })).rows).toHaveLength(100);
  });

  test("pages through a burst in one millisecond that is larger than a page", async () => {
    await using simulator = await small({ eventsPerDay: { authentication: 0 }, attacks: false });
    const isotimestamp = "2026-03-11T10:00:00.123456+00:00";
    const burst = Array.from({ length: 25 }, (_, index) => ({ txid: `tx-${100 + index}`, isotimestamp }));
    simulator.inject("authentication_v2", burst);
    expect(await drain(simulator, AUTH, { ...WINDOW, limit: 10 })).toEqual(burst);
  });

  test("reads on from an old cursor whatever mintime says", async () => {
    await using simulator = await small();
    const all = simulator.ledger.expected("authentication_v2");
    const row = all[10] as RawEvent;
    const next_offset = `${Date.parse(String(row["isotimestamp"]))},${String(row["txid"])}`;
    const params = { mintime: NOW_MS - 1000, maxtime: NOW_MS, sort: "ts:asc", limit: 1000, next_offset };
    expect(pageOf(await get(simulator, AUTH, { params })).rows).toEqual(all.slice(11));
  });

  test("filters by result and counts what the filter lets through", async () => {
    await using simulator = await small();
    const denied = simulator.ledger
      .expected("authentication_v2")
      .filter((event) => event["result"] === "denied");
    const { rows, total } = pageOf(
      await get(simulator, AUTH, { params: { ...WINDOW, results: "denied", sort: "ts:asc" } }),
    );
    expect(rows).toEqual(denied);
    expect(total).toBe(denied.length);
  });
});

describe("v2 log refuses", () => {
  test.each([
    [{ maxtime: NOW_MS }, 40001, "mintime"],
    [{ mintime: NOW_MS - 1 }, 40001, "maxtime"],
    [{ mintime: 1773240000, maxtime: NOW_MS }, 40002, "'mintime' must be a timestamp in milliseconds"],
    [{ mintime: NOW_MS, maxtime: NOW_MS }, 40002, "maxtime"],
    [{ mintime: NOW_MS - 181 * DAY_MS, maxtime: NOW_MS }, 40002, "mintime must be within the past 180 days"],
    [{ ...WINDOW, limit: 1001 }, 40002, "limit"],
    [{ ...WINDOW, limit: 0 }, 40002, "limit"],
    [{ ...WINDOW, sort: "ts" }, 40002, "sort"],
    [{ ...WINDOW, next_offset: "1773240000000" }, 40002, "next_offset"],
    [{ ...WINDOW, next_offset: "abc,def" }, 40002, "next_offset"],
  ])("%o with code %i and detail %s", async (params, code, detail) => {
    await using simulator = await small({ users: 1, days: 0 });
    const { status, body } = await get(simulator, AUTH, { params });
    expect([status, body["code"], body["message_detail"]]).toEqual([400, code, detail]);
  });
});

test("v2 log takes the cursor of the authentication log as two parameters as well", async () => {
  await using simulator = await small();
  const params = { ...WINDOW, sort: "ts:asc", limit: 5 };
  const first = pageOf(await get(simulator, AUTH, { params }));
  const second = pageOf(
    await get(simulator, AUTH, { params: { ...params, next_offset: first.next as string[] } }),
  );
  expect(second.rows).toEqual(simulator.ledger.expected("authentication_v2").slice(5, 10));
});
