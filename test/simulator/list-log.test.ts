import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import { streamNamed, type RawEvent, type StreamName } from "../../simulator/streams.ts";
import { get, NOW_MS } from "./client.ts";

const DAY_MS = 86_400_000;

function rowsOf(body: RawEvent): RawEvent[] {
  return body["response"] as RawEvent[];
}

/** Reads a v1 log to its end, beginning each page with the last second of the one before. */
async function drainList(simulator: Simulator, stream: StreamName): Promise<RawEvent[]> {
  const seen: RawEvent[] = [];
  let mintime = 0;
  for (let page = 0; page < 200; page += 1) {
    const rows = rowsOf((await get(simulator, streamNamed(stream).path, { params: { mintime } })).body);
    const known = seen.filter((row) => Number(row["timestamp"]) >= mintime).length;
    seen.push(...rows.slice(known));
    if (rows.length < 50) return seen;
    mintime = Number(rows.at(-1)?.["timestamp"]);
  }
  throw new Error("the log never ended");
}

describe("v1 log", () => {
  test.each<StreamName>(["authentication_v1", "administrator_v1", "telephony_v1", "offline_enrollment_v1"])(
    "%s, page by page, gives exactly what the ledger expects",
    async (stream) => {
      await using simulator = await startSimulator({
        users: 40,
        days: 4,
        nowMs: NOW_MS,
        listRowCountMax: 50,
      });
      const rows = await drainList(simulator, stream);
      expect(rows.length).toBeGreaterThan(3);
      expect(rows).toEqual(simulator.ledger.expected(stream));
      const seconds = rows.map((row) => Number(row["timestamp"]));
      expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    },
  );

  test("holds as many rows as it is told to, even above 1,000", async () => {
    await using simulator = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS, listRowCountMax: 1003 });
    const timestamp = NOW_MS / 1000 - 600;
    simulator.inject(
      "administrator_v1",
      Array.from({ length: 1200 }, () => ({ action: "user_update", timestamp })),
    );
    const { body } = await get(simulator, "/admin/v1/logs/administrator", { params: { mintime: timestamp } });
    expect(rowsOf(body)).toHaveLength(1003);
  });

  test("takes mintime in seconds, inclusive", async () => {
    await using simulator = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS });
    const timestamp = NOW_MS / 1000 - 600;
    simulator.inject("telephony_v1", [{ timestamp, phone: "+1" }]);
    const path = "/admin/v1/logs/telephony";
    expect(rowsOf((await get(simulator, path, { params: { mintime: timestamp } })).body)).toHaveLength(1);
    expect(rowsOf((await get(simulator, path, { params: { mintime: timestamp + 1 } })).body)).toHaveLength(0);
    expect((await get(simulator, path, { params: { mintime: "soon" } })).body["code"]).toBe(40002);
  });

  test("has equal rows in one second now and then", async () => {
    const eventsPerDay = { administrator: 400 };
    await using simulator = await startSimulator({ users: 10, days: 5, nowMs: NOW_MS, eventsPerDay });
    const rows = simulator.ledger.expected("administrator_v1").map((row) => JSON.stringify(row));
    expect(new Set(rows).size).toBeLessThan(rows.length);
  });

  test("begins at the retention limit when mintime is older", async () => {
    await using simulator = await startSimulator({ users: 10, days: 8, nowMs: NOW_MS, retentionDays: 2 });
    const rows = rowsOf((await get(simulator, "/admin/v1/logs/telephony")).body);
    expect(rows).toEqual(simulator.ledger.expected("telephony_v1", { fromMs: NOW_MS - 2 * DAY_MS }));
    expect(simulator.ledger.expected("telephony_v1", { fromMs: 0 }).length).toBeGreaterThan(rows.length);
  });
});

test("v1 and v2 logs tell of the same actions", async () => {
  await using simulator = await startSimulator({ users: 60, days: 3, nowMs: NOW_MS });
  const activity = simulator.ledger.expected("activity_v2").map((event) => {
    const action = event["action"] as RawEvent | string;
    const name = typeof action === "string" ? action : action["name"];
    return `${Date.parse(String(event["ts"])) / 1000 - ((Date.parse(String(event["ts"])) / 1000) % 1)} ${String(name)}`;
  });
  for (const stream of ["administrator_v1", "offline_enrollment_v1"] as const) {
    for (const row of simulator.ledger.expected(stream)) {
      expect(activity).toContain(`${String(row["timestamp"])} ${String(row["action"])}`);
    }
  }
  const calls = simulator.ledger.expected("telephony_v2");
  expect(simulator.ledger.expected("telephony_v1")).toHaveLength(calls.length);
  const logins = new Set(simulator.ledger.expected("authentication_v2").map((event) => event["txid"]));
  const linked = calls.filter((call) => call["context"] === "authentication");
  expect(linked.length).toBeGreaterThan(0);
  expect(linked.every((call) => logins.has(call["txid"]))).toBe(true);
});
