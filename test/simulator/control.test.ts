import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import { get, NOW_MS } from "./client.ts";

const AUTH = "/admin/v2/logs/authentication";

async function control(simulator: Simulator, route: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await fetch(`${simulator.url}/_simulator/${route}`, init)).json();
}

function start(): Promise<Simulator> {
  return startSimulator({ users: 20, days: 2, nowMs: NOW_MS });
}

describe("control route", () => {
  test("info says what a client needs", async () => {
    await using simulator = await start();
    const { apiHostname, integrationKey, accountId } = simulator;
    const secretKey = simulator.secretKey();
    expect(await control(simulator, "info")).toMatchObject({
      apiHostname,
      integrationKey,
      secretKey,
      accountId,
      nowMs: NOW_MS,
    });
  });

  test("ledger/expected streams the events of a period, by stream or path", async () => {
    await using simulator = await start();
    const fromMs = NOW_MS - 86_400_000;
    const expected = simulator.ledger.expected("authentication_v2", { fromMs, toMs: NOW_MS - 3_600_000 });
    for (const query of [
      `stream=authentication_v2&from=${fromMs}&to=${NOW_MS - 3_600_000}`,
      `stream=${AUTH}&from=${new Date(fromMs).toISOString()}&to=${new Date(NOW_MS - 3_600_000).toISOString()}`,
    ]) {
      const text = await (await fetch(`${simulator.url}/_simulator/ledger/expected?${query}`)).text();
      const events = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown);
      expect(events).toEqual(expected);
    }
  });

  test("ledger/requests and ledger/counts say what was served", async () => {
    await using simulator = await start();
    const params = { mintime: NOW_MS - 86_400_000, maxtime: NOW_MS, limit: 3 };
    await get(simulator, AUTH, { params });
    await get(simulator, AUTH, { params: { ...params, limit: 0 } });
    expect(await control(simulator, "ledger/requests")).toEqual([
      {
        atMs: NOW_MS,
        method: "GET",
        path: AUTH,
        stream: "authentication_v2",
        accountId: simulator.accountId,
        params: { limit: "3", maxtime: String(NOW_MS), mintime: String(NOW_MS - 86_400_000) },
        status: 200,
        code: null,
        rowCount: 3,
        fault: null,
      },
      expect.objectContaining({ status: 400, code: 40002, rowCount: 0 }),
    ]);
    expect(await control(simulator, "ledger/counts")).toMatchObject({
      authentication_v2: { requests: 2, rowsServed: 3, faults: 0 },
    });
  });

  test("clock moves the clock", async () => {
    await using simulator = await start();
    expect(await control(simulator, "clock", { advanceMs: 1000 })).toEqual({ nowMs: NOW_MS + 1000 });
    expect(await control(simulator, "clock", { nowMs: NOW_MS })).toEqual({ nowMs: NOW_MS });
    expect(simulator.clock.nowMs()).toBe(NOW_MS);
  });

  test("faults adds, lists and clears rules", async () => {
    await using simulator = await start();
    await control(simulator, "faults", [{ kind: "internal_error" }, { kind: "slow", delayMs: 1 }]);
    expect(await control(simulator, "faults")).toHaveLength(2);
    expect((await get(simulator, "/admin/v1/info/summary")).status).toBe(500);
    await fetch(`${simulator.url}/_simulator/faults`, { method: "DELETE" });
    expect(simulator.faults.list()).toEqual([]);
  });

  test("inject adds events and secret changes the key", async () => {
    await using simulator = await start();
    const events = [{ txid: "x", isotimestamp: "2026-03-11T10:00:00.000000+00:00" }];
    expect(await control(simulator, "inject", { stream: "authentication_v2", events })).toEqual({
      injected: 1,
    });
    expect(simulator.ledger.expected("authentication_v2")).toContainEqual(events[0]);
    await control(simulator, "secret", { secretKey: "B".repeat(40) });
    expect(simulator.secretKey()).toBe("B".repeat(40));
  });

  test("says what is wrong with a request", async () => {
    await using simulator = await start();
    expect(await control(simulator, "clock", {})).toMatchObject({
      error: expect.stringContaining("Cannot move the clock"),
    });
    expect(await control(simulator, "faults", { kind: "fire" })).toMatchObject({
      error: expect.stringContaining("kind must be one of"),
    });
    expect(await control(simulator, "ledger/expected?stream=auth")).toMatchObject({
      error: expect.stringContaining("authentication_v2"),
    });
    expect(await control(simulator, "nothing")).toMatchObject({
      error: expect.stringContaining("GET nothing"),
    });
  });
});
