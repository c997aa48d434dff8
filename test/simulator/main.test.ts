import { describe, expect, test } from "vitest";

import { runSimulator, simulatorOptionsOf } from "../../simulator/main.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { startSimulator } from "../../simulator/simulator.ts";
import { NOW_MS } from "./client.ts";

describe("runSimulator", () => {
  test("says how to use it and stops when told to", async () => {
    const stopping = new AbortController();
    let text = "";
    const write = (part: string): void => {
      text += part;
      stopping.abort();
    };
    await runSimulator({ port: 0, users: 1, days: 0 }, { write, signal: stopping.signal });
    const url = /export DUOLAKE_DUO_ENDPOINT_URL=(http:\/\/127\.0\.0\.1:\d+)\n/.exec(text)?.[1];
    expect(text).toContain("api-sim00000.duosecurity.com");
    expect(text).toContain("DISIMULATOR000000001");
    expect(text).toContain("simulatorsecretkey0000000000000000000001");
    await expect(fetch(`${String(url)}/auth/v2/ping`)).rejects.toThrow("fetch failed");
  });

  test("reads its options from the command line", () => {
    const argv = [
      "--port",
      "8787",
      "--users",
      "500",
      "--days",
      "30",
      "--seed",
      "1",
      "--now-ms",
      String(NOW_MS),
      "--no-attacks",
    ];
    const expected = { port: 8787, users: 500, days: 30, seed: 1, nowMs: NOW_MS, attacks: false };
    expect(simulatorOptionsOf(argv)).toEqual(expected);
    expect(simulatorOptionsOf([])).toEqual({});
    expect(simulatorOptionsOf(["--retire", "telephony_v1=404", "--retire", "telephony_v2=410"])).toEqual({
      retired: { telephony_v1: 404, telephony_v2: 410 },
    });
    expect(() => simulatorOptionsOf(["--users", "many"])).toThrow("option users must be a number, got many");
    expect(() => simulatorOptionsOf(["--fire"])).toThrow("--fire");
  });
});

describe("startSimulator refuses", () => {
  test.each<[SimulatorOptions, string]>([
    [{ users: 0 }, "option users must be a whole number from 1 to 1000000, got 0"],
    [{ days: -1 }, "option days must be a number from 0 to 3650, got -1"],
    [{ port: 70000 }, "option port must be a whole number from 0 to 65535, got 70000"],
    [{ seed: 1.5 }, "option seed must be a whole number, got 1.5"],
    [
      { integrationKey: "DI" },
      "option integrationKey must be DI and 18 upper-case letters or digits, got DI",
    ],
    [{ secretKey: "abc" }, "option secretKey must be 40 letters or digits, got <hidden>"],
    [{ eventsPerDay: { telephony: -1 } }, "option eventsPerDay.telephony must be 0 or more, got -1"],
    [{ trustMonitorChangeShare: -0.1 }, "option trustMonitorChangeShare must be from 0 to 1, got -0.1"],
    [
      { accountsApplication: { integrationKey: "DI1", secretKey: "a".repeat(40) } },
      "option accountsApplication must be an integration key and a secret key, got <hidden>",
    ],
    [{ rateLimit: { requestsPerMinute: 0 } }, "option rateLimit.requestsPerMinute must be 1 or more, got 0"],
  ])("%o", async (options, message) => {
    await expect(startSimulator(options)).rejects.toThrow(`Cannot start the simulator: ${message}`);
  });

  test("a port that is taken", async () => {
    await using simulator = await startSimulator({ users: 1, days: 0 });
    await expect(startSimulator({ port: simulator.port, users: 1, days: 0 })).rejects.toThrow("EADDRINUSE");
  });
});

test("the clock stands still when it was given a time and ticks when it was not", async () => {
  await using still = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS });
  await using ticking = await startSimulator({ users: 1, days: 0 });
  ticking.clock.setNow(NOW_MS);
  await new Promise((resolve) => void setTimeout(resolve, 5));
  expect(still.clock.nowMs()).toBe(NOW_MS);
  expect(ticking.clock.nowMs()).toBeGreaterThan(NOW_MS);
  ticking.clock.advance(-1000);
  expect(ticking.clock.nowMs()).toBeLessThan(NOW_MS);
  expect(() => still.clock.advance(Number.NaN)).toThrow(RangeError);
});
