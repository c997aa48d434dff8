import { describe, expect, test } from "vitest";

import type { V1Stream } from "../../simulator/happenings.ts";
import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";
import { NOW_MS } from "./client.ts";

const BUSY = { users: 60, days: 6, nowMs: NOW_MS, eventsPerDay: { offlineEnrollment: 60, telephony: 400 } };

function start(): Promise<Simulator> {
  return startSimulator(BUSY);
}

/** What a reader that knows both logs takes for the same happening, in the spelling of the v1 log. */
function keyOfActivity(event: RawEvent): string {
  const action = event["action"] as RawEvent | string;
  const actor = event["actor"] as RawEvent;
  const target = event["target"] as RawEvent | null;
  const name = String(actor["name"]);
  return JSON.stringify([
    Math.floor(Date.parse(String(event["ts"])) / 1000),
    typeof action === "string" ? action : action["name"],
    actor["type"] === "adminapi" ? `API (${name})` : name,
    target === null ? null : target["name"],
  ]);
}

function keyOfV1({ timestamp, action, username, object }: RawEvent): string {
  return JSON.stringify([timestamp, action, username, object]);
}

function keyOfCall(event: RawEvent): string {
  const second = event["timestamp"] ?? Math.floor(Date.parse(String(event["ts"])) / 1000);
  return JSON.stringify([second, event["context"], Number(event["credits"]), event["phone"], event["type"]]);
}

describe("happenings", () => {
  test.each<V1Stream>(["administrator_v1", "offline_enrollment_v1"])(
    "of %s are told by the activity log in the same second, with action, actor and object",
    async (stream) => {
      await using simulator = await start();
      const happenings = simulator.ledger.happenings(stream);
      const told = happenings.filter(({ v1 }) => v1 !== undefined);
      expect(told.length).toBeGreaterThan(30);
      expect(told.map(({ v1 }) => v1)).toEqual(simulator.ledger.expected(stream));
      for (const { v1, v2 } of told) expect(keyOfActivity(v2 as RawEvent)).toBe(keyOfV1(v1 as RawEvent));
    },
  );

  test("divide the activity log between the two v1 logs, and only newer actions are missing in v1", async () => {
    await using simulator = await start();
    const admin = simulator.ledger.happenings("administrator_v1");
    const offline = simulator.ledger.happenings("offline_enrollment_v1");
    const ids = [...admin, ...offline].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(
      simulator.ledger
        .expected("activity_v2")
        .map((event) => String(event["activity_id"]))
        .toSorted(),
    );
    const known = new Set(simulator.ledger.expected("administrator_v1").map(({ action }) => action));
    const newer = admin.filter(({ v1 }) => v1 === undefined);
    expect(newer.length).toBeGreaterThan(5);
    for (const { v2 } of newer) {
      const [, action] = JSON.parse(keyOfActivity(v2 as RawEvent)) as unknown[];
      expect(known).not.toContain(action);
    }
    expect(offline.every(({ v1 }) => v1 !== undefined)).toBe(true);
  });

  test("of telephony are told by both logs", async () => {
    await using simulator = await start();
    const happenings = simulator.ledger.happenings("telephony_v1");
    expect(happenings).toHaveLength(simulator.ledger.expected("telephony_v2").length);
    for (const { v1, v2 } of happenings) expect(keyOfCall(v1 as RawEvent)).toBe(keyOfCall(v2 as RawEvent));
  });

  test.each<V1Stream>(["administrator_v1", "offline_enrollment_v1", "telephony_v1"])(
    "of %s are equal in one second now and then",
    async (stream) => {
      await using simulator = await start();
      const keys = simulator.ledger.happenings(stream).map(({ v1 }) => JSON.stringify(v1));
      expect(new Set(keys).size).toBeLessThan(keys.length);
    },
  );

  test("that look alike may differ in what was changed", async () => {
    await using simulator = await startSimulator({ ...BUSY, eventsPerDay: { administrator: 400 } });
    const rows = simulator.ledger.expected("administrator_v1");
    const alike = new Set(rows.map(keyOfV1)).size;
    const equal = new Set(rows.map((row) => JSON.stringify(row))).size;
    expect(alike).toBeLessThan(equal);
  });
});

describe("twins", () => {
  test("give the v1 event by the id of the activity event", async () => {
    await using simulator = await start();
    const twins = simulator.ledger.twins("administrator_v1");
    expect([...twins.values()]).toEqual(simulator.ledger.expected("administrator_v1"));
    const activity = simulator.ledger.expected("activity_v2");
    const told = activity.filter((event) => twins.has(String(event["activity_id"])));
    expect(told.map(keyOfActivity)).toEqual([...twins.values()].map(keyOfV1));
  });

  test("pair injected events by the id that they are injected with", async () => {
    const eventsPerDay = { administrator: 0, activity: 0, offlineEnrollment: 0 };
    const quiet = { users: 1, days: 0, nowMs: NOW_MS, attacks: false, eventsPerDay };
    await using simulator = await startSimulator(quiet);
    const atMs = NOW_MS - 600_000;
    const v1 = { action: "user_update", timestamp: atMs / 1000, username: "API (x)", object: "ada" };
    const v2 = { activity_id: "a1", action: { name: "user_update" }, ts: new Date(atMs).toISOString() };
    simulator.inject("administrator_v1", [v1], { ids: ["a1"] });
    simulator.inject("administrator_v1", [v1]);
    simulator.inject("activity_v2", [v2]);
    expect(simulator.ledger.twins("administrator_v1")).toEqual(new Map([["a1", v1]]));
    expect(simulator.ledger.happenings("administrator_v1").map(({ v2: newer }) => newer)).toEqual([
      undefined,
      v2,
    ]);
  });
});
