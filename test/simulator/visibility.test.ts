import { describe, expect, test } from "vitest";

import { startSimulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";
import { drain, get, NOW_MS, pageOf } from "./client.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const AUTH = "/admin/v2/logs/authentication";
const QUIET = { users: 1, days: 0, nowMs: NOW_MS, eventsPerDay: { authentication: 0 }, attacks: false };

function login(txid: string, atMs: number): RawEvent {
  return { txid, isotimestamp: new Date(atMs).toISOString() };
}

describe("a row becomes visible", () => {
  test("two minutes after its time, and to the millisecond", async () => {
    await using simulator = await startSimulator(QUIET);
    simulator.inject("authentication_v2", [login("a", NOW_MS)]);
    const params = { mintime: NOW_MS - HOUR_MS, maxtime: NOW_MS + HOUR_MS };
    simulator.clock.advance(119_999);
    expect(pageOf(await get(simulator, AUTH, { params })).rows).toHaveLength(0);
    simulator.clock.advance(1);
    expect(pageOf(await get(simulator, AUTH, { params })).rows).toHaveLength(1);
  });

  test("late when it was injected late, in its place in time", async () => {
    await using simulator = await startSimulator(QUIET);
    simulator.inject("authentication_v2", [login("b", NOW_MS - 2 * HOUR_MS), login("d", NOW_MS - HOUR_MS)]);
    simulator.inject("authentication_v2", [login("c", NOW_MS - 1.5 * HOUR_MS)], {
      visibleAtMs: NOW_MS + HOUR_MS,
    });
    const txids = (): unknown[] =>
      simulator.ledger.expected("authentication_v2").map((event) => event["txid"]);
    expect(txids()).toEqual(["b", "d"]);
    simulator.clock.advance(HOUR_MS);
    expect(txids()).toEqual(["b", "c", "d"]);
  });

  test("without an end as the clock goes on", async () => {
    await using simulator = await startSimulator({ users: 50, days: 1, nowMs: NOW_MS });
    const before = simulator.ledger.expected("authentication_v2");
    simulator.clock.advance(DAY_MS);
    const after = simulator.ledger.expected("authentication_v2");
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length * 1.5);
  });

  test("and stops being readable after 180 days", async () => {
    await using simulator = await startSimulator(QUIET);
    simulator.inject("authentication_v2", [login("a", NOW_MS - DAY_MS)]);
    simulator.clock.advance(179 * DAY_MS - 1000);
    const params = { mintime: simulator.clock.nowMs() - 180 * DAY_MS, maxtime: simulator.clock.nowMs() };
    expect(pageOf(await get(simulator, AUTH, { params })).rows).toHaveLength(1);
    simulator.clock.advance(2000);
    const later = { mintime: simulator.clock.nowMs() - 180 * DAY_MS, maxtime: simulator.clock.nowMs() };
    expect(pageOf(await get(simulator, AUTH, { params: later })).rows).toHaveLength(0);
    expect(simulator.ledger.expected("authentication_v2")).toEqual([]);
  });
});

describe("injected rows", () => {
  test("may be malformed; the time and the id are then made up, and paging still ends", async () => {
    await using simulator = await startSimulator(QUIET);
    const rows = [{ isotimestamp: "yesterday" }, { txid: 5 }, { nothing: null }] as const;
    simulator.inject("authentication_v2", rows, { atMs: NOW_MS - HOUR_MS });
    expect(await drain(simulator, AUTH, { mintime: NOW_MS - DAY_MS, maxtime: NOW_MS, limit: 2 })).toEqual(
      rows,
    );
  });

  test("are counted in total_objects", async () => {
    await using simulator = await startSimulator({ users: 20, days: 2, nowMs: NOW_MS });
    const params = { mintime: NOW_MS - 3 * DAY_MS, maxtime: NOW_MS };
    const before = pageOf(await get(simulator, AUTH, { params })).total as number;
    simulator.inject("authentication_v2", [login("a", NOW_MS - DAY_MS)]);
    expect(pageOf(await get(simulator, AUTH, { params })).total).toBe(before + 1);
  });
});

describe("late_rows", () => {
  test("holds back a share of the rows that were not visible yet, and of no others", async () => {
    await using simulator = await startSimulator({ users: 200, days: 1, nowMs: NOW_MS });
    await using punctual = await startSimulator({ users: 200, days: 1, nowMs: NOW_MS });
    const before = simulator.ledger.expected("authentication_v2");
    simulator.faults.add({
      kind: "late_rows",
      target: "authentication_v2",
      share: 0.3,
      lateByMs: 6 * HOUR_MS,
    });
    expect(simulator.ledger.expected("authentication_v2")).toEqual(before);
    simulator.clock.advance(3 * HOUR_MS);
    punctual.clock.advance(3 * HOUR_MS);
    const all = punctual.ledger.expected("authentication_v2");
    const seen = simulator.ledger.expected("authentication_v2");
    const missing = all.length - seen.length;
    expect(missing).toBeGreaterThan((all.length - before.length) * 0.15);
    expect(missing).toBeLessThan((all.length - before.length) * 0.45);
    expect(simulator.ledger.counts().authentication_v2.visible).toBe(seen.length);
    simulator.clock.advance(6 * HOUR_MS);
    expect(simulator.ledger.expected("authentication_v2", { toMs: NOW_MS + 3 * HOUR_MS - 120_000 })).toEqual(
      all,
    );
  });
});
