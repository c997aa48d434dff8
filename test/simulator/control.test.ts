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

  test("retire and restore switch a log off and on", async () => {
    await using simulator = await start();
    const path = "/admin/v1/logs/telephony";
    await control(simulator, "retire", { stream: "telephony_v1", status: 410 });
    expect((await get(simulator, path)).status).toBe(410);
    expect(await control(simulator, "retired")).toEqual([
      { stream: "telephony_v1", status: 410, atMs: NOW_MS },
    ]);
    expect(await control(simulator, "restore", { stream: "telephony_v1" })).toEqual([]);
    expect((await get(simulator, path)).status).toBe(200);
  });

  test("children adds an account, whose ledger can be asked for", async () => {
    await using simulator = await start();
    const child = await control(simulator, "children", { name: "Filiale" });
    expect(child).toEqual(simulator.children[0]);
    const { accountId } = simulator.children[0] as { accountId: string };
    const { authentication_v2: counts } = simulator.ledger.counts(accountId);
    expect(counts.visible).toBeGreaterThan(0);
    expect(await control(simulator, `ledger/counts?account_id=${accountId}`)).toMatchObject({
      authentication_v2: counts,
    });
  });

  test("trust-monitor-change changes an event, and the ledger tells its versions", async () => {
    await using simulator = await start();
    const events = [{ sekey: "SE1", surfaced_timestamp: NOW_MS - 5, state: "new" }];
    simulator.inject("trust_monitor", events);
    simulator.clock.advance(1000);
    await control(simulator, "trust-monitor-change", { sekey: "SE1", patch: { state: "processed" } });
    expect(
      await control(simulator, `ledger/trust-monitor-versions?from=${NOW_MS - 5}&to=${NOW_MS - 5}`),
    ).toEqual([
      { sekey: "SE1", event: events[0], fromMs: NOW_MS - 5, firstServedAtMs: null },
      {
        sekey: "SE1",
        event: { ...events[0], state: "processed" },
        fromMs: NOW_MS + 1000,
        firstServedAtMs: null,
      },
    ]);
  });

  test("ledger/happenings gives both logs' events", async () => {
    await using simulator = await start();
    expect(await control(simulator, "ledger/happenings?stream=administrator_v1")).toEqual(
      simulator.ledger
        .happenings("administrator_v1")
        .map((one) => JSON.parse(JSON.stringify(one)) as unknown),
    );
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
    expect(await control(simulator, "retire", { stream: "telephony_v1", status: 500 })).toMatchObject({
      error: expect.stringContaining("status must be one of 403, 404, 410, got 500"),
    });
    expect(await control(simulator, "ledger/happenings?stream=activity_v2")).toMatchObject({
      error: expect.stringContaining("must be a v1 log, got activity_v2"),
    });
    expect(await control(simulator, "nothing")).toMatchObject({
      error: expect.stringContaining("GET nothing"),
    });
  });
});
