import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";
import { get, NOW_MS, pageOf } from "./client.ts";

const DAY_MS = 86_400_000;
const PATH = "/admin/v1/trust_monitor/events";
const WINDOW = { mintime: NOW_MS - 10 * DAY_MS, maxtime: NOW_MS };

function start(): Promise<Simulator> {
  return startSimulator({ users: 30, days: 9, nowMs: NOW_MS, eventsPerDay: { trustMonitor: 6 } });
}

describe("Trust Monitor", () => {
  test("page by page gives exactly what the ledger expects and ends without a cursor", async () => {
    await using simulator = await start();
    const rows: RawEvent[] = [];
    const offsets: unknown[] = [];
    let text = "";
    do {
      const offset = offsets.at(-1);
      const params = { ...WINDOW, limit: 7, ...(offset === undefined ? {} : { offset: offset as string }) };
      const answer = await get(simulator, PATH, { params });
      const page = pageOf(answer);
      rows.push(...page.rows);
      offsets.push(page.next);
      ({ text } = answer);
    } while (offsets.at(-1) !== undefined);
    expect(offsets.length).toBeGreaterThan(3);
    expect(offsets.slice(0, -1).every((offset) => /^\d+$/.test(offset as string))).toBe(true);
    expect(text).toContain('"metadata":{}');
    expect(rows).toEqual(simulator.ledger.expected("trust_monitor"));
  });

  test("pages through a burst in one millisecond", async () => {
    await using simulator = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS });
    const burst = Array.from({ length: 5 }, (_, index) => ({
      sekey: `SE${index}`,
      surfaced_timestamp: NOW_MS - 1000,
    }));
    simulator.inject("trust_monitor", burst);
    const first = pageOf(await get(simulator, PATH, { params: { ...WINDOW, limit: 3 } }));
    const second = pageOf(
      await get(simulator, PATH, { params: { ...WINDOW, limit: 3, offset: String(first.next) } }),
    );
    expect([...first.rows, ...second.rows]).toEqual(burst);
  });

  test("shows events without the delay of the other logs", async () => {
    await using simulator = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS });
    simulator.inject("trust_monitor", [{ sekey: "SE1", surfaced_timestamp: NOW_MS }]);
    expect(pageOf(await get(simulator, PATH, { params: WINDOW })).rows).toHaveLength(1);
  });

  test("selects by type", async () => {
    await using simulator = await start();
    const { rows } = pageOf(await get(simulator, PATH, { params: { ...WINDOW, type: "auth" } }));
    expect(new Set(rows.map((row) => row["type"]))).toEqual(new Set(["auth"]));
    const types = new Set(simulator.ledger.expected("trust_monitor").map((event) => event["type"]));
    expect(types).toEqual(new Set(["auth", "bypass_status", "device_registration"]));
  });

  test.each([
    [{ maxtime: NOW_MS }, 40001],
    [{ ...WINDOW, limit: 201 }, 40002],
    [{ ...WINDOW, offset: "x" }, 40002],
    [{ ...WINDOW, type: "nothing" }, 40002],
  ])("refuses %o with code %i", async (params, code) => {
    await using simulator = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS });
    expect((await get(simulator, PATH, { params })).body["code"]).toBe(code);
  });
});
