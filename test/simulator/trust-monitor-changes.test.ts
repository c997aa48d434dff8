import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";
import { get, NOW_MS, pageOf } from "./client.ts";

const DAY_MS = 86_400_000;
const PATH = "/admin/v1/trust_monitor/events";
const QUIET = { users: 1, days: 0, nowMs: NOW_MS, eventsPerDay: { trustMonitor: 0 } };
const EVENT = { sekey: "SE1", surfaced_timestamp: NOW_MS - 1000, state: "new", type: "auth" };

async function read(simulator: Simulator): Promise<RawEvent[]> {
  const params = { mintime: NOW_MS - 100 * DAY_MS, maxtime: simulator.clock.nowMs() + 1, limit: 200 };
  return pageOf(await get(simulator, PATH, { params })).rows;
}

describe("trustMonitorChange", () => {
  test("changes an event from now on, in its place", async () => {
    await using simulator = await startSimulator(QUIET);
    simulator.inject("trust_monitor", [EVENT, { ...EVENT, sekey: "SE2" }]);
    expect(await read(simulator)).toEqual([EVENT, { ...EVENT, sekey: "SE2" }]);
    simulator.clock.advance(DAY_MS);
    const patch = { state: "processed", triaged_as_interesting: true };
    simulator.inject.trustMonitorChange("SE1", patch);
    expect(await read(simulator)).toEqual([
      { ...EVENT, ...patch },
      { ...EVENT, sekey: "SE2" },
    ]);
    expect(simulator.ledger.expected("trust_monitor")).toEqual(await read(simulator));
    expect(simulator.ledger.expected("trust_monitor", { asOfMs: NOW_MS })[0]).toEqual(EVENT);
  });

  test("of an event that is not there, or of what never changes, is refused", async () => {
    await using simulator = await startSimulator(QUIET);
    simulator.inject("trust_monitor", [EVENT]);
    const change = simulator.inject.trustMonitorChange;
    expect(() => change("SE9", { state: "processed" })).toThrow("no visible event has the key, got SE9");
    expect(() => change("SE1", { surfaced_timestamp: 1 })).toThrow("surfaced_timestamp never changes");
    expect(() => change("SE1", { sekey: "SE2" })).toThrow("sekey never changes");
  });

  test("leaves versions in the ledger, with when they began and when they were first served", async () => {
    await using simulator = await startSimulator(QUIET);
    simulator.inject("trust_monitor", [EVENT]);
    await read(simulator);
    simulator.clock.advance(1000);
    await read(simulator);
    simulator.inject.trustMonitorChange("SE1", { state: "seen" });
    simulator.clock.advance(1000);
    simulator.inject.trustMonitorChange("SE1", { state: "processed" });
    simulator.inject.trustMonitorChange("SE1", { state: "processed" });
    simulator.clock.advance(1000);
    simulator.faults.add({ kind: "truncated_body" });
    await expect(read(simulator)).rejects.toThrow(/terminated/);
    simulator.clock.advance(1000);
    await read(simulator);
    const version = (state: string, fromMs: number, firstServedAtMs: number | null): unknown => ({
      sekey: "SE1",
      event: { ...EVENT, state },
      fromMs,
      firstServedAtMs,
    });
    expect(simulator.ledger.trustMonitorVersions()).toEqual([
      version("new", NOW_MS - 1000, NOW_MS),
      version("seen", NOW_MS + 1000, null),
      version("processed", NOW_MS + 2000, NOW_MS + 4000),
    ]);
  });
});

describe("trustMonitorChangeShare", () => {
  const options = { users: 30, days: 40, nowMs: NOW_MS, eventsPerDay: { trustMonitor: 6 } };

  test("lets a share of the events change hours to days after they surfaced", async () => {
    await using simulator = await startSimulator({ ...options, trustMonitorChangeShare: 0.5 });
    const versions = simulator.ledger.trustMonitorVersions();
    const events = simulator.ledger.expected("trust_monitor");
    const later = versions.filter(({ fromMs, event }) => fromMs > Number(event["surfaced_timestamp"]));
    const changed = new Set(later.map(({ sekey }) => sekey));
    expect(changed.size / events.length).toBeGreaterThan(0.3);
    expect(changed.size / events.length).toBeLessThan(0.6);
    expect(later.length).toBeGreaterThan(changed.size);
    const delays = later.map(({ fromMs, event }) => fromMs - Number(event["surfaced_timestamp"]));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(3_600_000);
    expect(Math.max(...delays)).toBeGreaterThan(5 * DAY_MS);
    for (const { event, fromMs } of later) {
      expect(event).toMatchObject({ state: "processed", state_updated_timestamp: fromMs });
    }
  });

  test("shows the newest version at each instant, without moving events", async () => {
    await using simulator = await startSimulator({ ...options, trustMonitorChangeShare: 1 });
    const before = simulator.ledger.expected("trust_monitor");
    simulator.clock.advance(25 * DAY_MS);
    const after = simulator.ledger.expected("trust_monitor").slice(0, before.length);
    const place = ({ sekey, surfaced_timestamp }: RawEvent): unknown => [sekey, surfaced_timestamp];
    expect(after.map(place)).toEqual(before.map(place));
    expect(before.some(({ state }) => state === "new")).toBe(true);
    expect(after.every(({ state }) => state === "processed")).toBe(true);
    expect(simulator.ledger.expected("trust_monitor", { asOfMs: NOW_MS })).toEqual(before);
  });

  test("of 0 leaves every event as it surfaced", async () => {
    await using simulator = await startSimulator(options);
    const events = simulator.ledger.expected("trust_monitor");
    expect(simulator.ledger.trustMonitorVersions().map(({ event }) => event)).toEqual(events);
  });
});
