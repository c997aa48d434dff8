import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import { STREAMS, type RawEvent } from "../../simulator/streams.ts";
import { get, NOW_MS, pageOf } from "./client.ts";

const DAY_MS = 86_400_000;

function start(seed: number, options = {}): Promise<Simulator> {
  return startSimulator({ seed, users: 50, days: 7, nowMs: NOW_MS, ...options });
}

describe("data set", () => {
  test("is the same for the same seed and another for another", async () => {
    await using one = await start(7);
    await using same = await start(7);
    await using other = await start(8);
    for (const { name } of STREAMS) {
      const text = JSON.stringify(one.ledger.expected(name));
      expect(JSON.stringify(same.ledger.expected(name))).toBe(text);
      expect(JSON.stringify(other.ledger.expected(name))).not.toBe(text);
    }
  });

  test("does not depend on when the simulator was started", async () => {
    await using early = await start(7);
    await using late = await start(7, { nowMs: NOW_MS + 3 * DAY_MS, days: 10 });
    const range = { fromMs: NOW_MS - 3 * DAY_MS, toMs: NOW_MS - 3_600_000 };
    for (const { name } of STREAMS) {
      const text = JSON.stringify(early.ledger.expected(name, range));
      expect(JSON.stringify(late.ledger.expected(name, range))).toBe(text);
    }
  });

  test("has as many rows as its counts say, hour by hour or not", async () => {
    await using simulator = await start(3);
    const counts = simulator.ledger.counts();
    for (const { name } of STREAMS) expect(counts[name].visible).toBe(simulator.ledger.expected(name).length);
  });

  test("follows working hours", async () => {
    await using simulator = await start(3, { attacks: false });
    const hours = simulator.ledger
      .expected("authentication_v2")
      .map((event) => new Date(String(event["isotimestamp"])).getUTCHours());
    const share = (from: number, to: number): number =>
      hours.filter((hour) => hour >= from && hour < to).length / hours.length;
    expect(share(7, 17)).toBeGreaterThan(0.6);
    expect(share(0, 5)).toBeLessThan(0.12);
  });

  test("has a plausible share of refused logins, few frauds, and every kind of login", async () => {
    await using simulator = await start(3, { users: 300 });
    const events = simulator.ledger.expected("authentication_v2");
    const shareOf = (result: string): number =>
      events.filter((event) => event["result"] === result).length / events.length;
    expect(shareOf("denied")).toBeGreaterThan(0.05);
    expect(shareOf("denied")).toBeLessThan(0.085);
    expect(shareOf("fraud")).toBeGreaterThan(0.0005);
    expect(shareOf("fraud")).toBeLessThan(0.01);
    const factors = new Set(events.map((event) => event["factor"]));
    for (const factor of [
      "duo_push",
      "phone_call",
      "sms_passcode",
      "remembered_device",
      "hardware_token",
      "not_available",
    ]) {
      expect(factors).toContain(factor);
    }
    expect(new Set(events.map((event) => event["event_type"]))).toEqual(
      new Set(["authentication", "enrollment"]),
    );
  });

  test("tells of an attack in the last days: refusals at night from one place, then push after push", async () => {
    await using simulator = await start(5);
    const byVictim = new Map<unknown, number>();
    for (const event of simulator.ledger.expected("authentication_v2")) {
      const device = event["access_device"] as RawEvent;
      if (!String(device["ip"]).startsWith("192.0.2.")) continue;
      const user = (event["user"] as RawEvent)["name"];
      byVictim.set(user, (byVictim.get(user) ?? 0) + 1);
    }
    expect(byVictim.size).toBeGreaterThan(10);
    expect(Math.max(...byVictim.values())).toBeGreaterThan(8);
    await using calm = await start(5, { attacks: false });
    const text = JSON.stringify(calm.ledger.expected("authentication_v2"));
    expect(text).not.toContain('"192.0.2.');
  });

  test("has a few of the odd rows that real data has", async () => {
    await using simulator = await start(3, { users: 400 });
    const events = simulator.ledger.expected("authentication_v2");
    const devices = events.map((event) => event["access_device"] as RawEvent);
    expect(devices.some((device) => Object.keys(device).length === 0)).toBe(true);
    expect(devices.some((device) => /^198.*:\d+$/.test(String(device["ip"])))).toBe(true);
    expect(devices.some((device) => device["security_agents"] === "unknown")).toBe(true);
    expect(devices.some((device) => device["security_agents"] === null)).toBe(true);
    expect(events.some((event) => !Object.hasOwn(event, "adaptive_trust_assessments"))).toBe(true);
    expect(events.some((event) => !Object.hasOwn(event["user"] as RawEvent, "groups"))).toBe(true);
    const activity = simulator.ledger.expected("activity_v2");
    expect(activity.some((event) => typeof event["action"] === "string")).toBe(true);
    expect(activity.some((event) => event["outcome"] === null)).toBe(true);
    const calls = simulator.ledger.expected("telephony_v1");
    expect(new Set(calls.map((call) => typeof call["credits"]))).toEqual(new Set(["number", "string"]));
    const actions = simulator.ledger.expected("administrator_v1");
    expect(actions.some((action) => !Object.hasOwn(action, "description"))).toBe(true);
    expect(actions.some((action) => action["description"] === null)).toBe(true);
    expect(actions.some((action) => String(action["description"]).startsWith('{"ip_address": "'))).toBe(true);
  });

  test("of a million logins is counted and read from without making them all", async () => {
    await using simulator = await start(1, { days: 179, eventsPerDay: { authentication: 5600 } });
    const params = { mintime: NOW_MS - 179 * DAY_MS, maxtime: NOW_MS, limit: 1000 };
    const startMs = performance.now();
    const { rows, total } = pageOf(await get(simulator, "/admin/v2/logs/authentication", { params }));
    expect(rows).toHaveLength(1000);
    expect(total).toBeGreaterThan(980_000);
    expect(performance.now() - startMs).toBeLessThan(6000);
  });
});
