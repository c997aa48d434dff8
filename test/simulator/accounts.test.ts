import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { drain, get, NOW_MS } from "./client.ts";

const AUTH = "/admin/v2/logs/authentication";
const WINDOW = { mintime: NOW_MS - 3 * 86_400_000, maxtime: NOW_MS };
const FAMILY: SimulatorOptions = {
  users: 20,
  days: 2,
  nowMs: NOW_MS,
  children: [
    {},
    { name: "Dépôt", accountId: "DA000000000000000002", apiHostname: "api-child.duosecurity.com", users: 5 },
  ],
};

function start(options: SimulatorOptions = {}): Promise<Simulator> {
  return startSimulator({ ...FAMILY, ...options });
}

describe("child accounts", () => {
  test("are listed without the main account", async () => {
    await using simulator = await start();
    const { body } = await get(simulator, "/accounts/v1/account/list", { method: "POST" });
    expect(body["response"]).toEqual(
      simulator.children.map(({ accountId, apiHostname, name }) => ({
        account_id: accountId,
        api_hostname: apiHostname,
        name,
      })),
    );
    expect(simulator.children[0]?.accountId).toMatch(/^DA[A-Z0-9]{18}$/);
  });

  test("have events of their own", async () => {
    await using simulator = await start();
    const main = await drain(simulator, AUTH, WINDOW);
    const ids = new Set(main.map((event) => event["txid"]));
    for (const { accountId } of simulator.children) {
      const rows = await drain(simulator, AUTH, { ...WINDOW, account_id: accountId });
      expect(rows.length).toBeGreaterThan(0);
      expect(rows).toEqual(simulator.ledger.expected("authentication_v2", { accountId }));
      expect(rows.some((row) => ids.has(row["txid"]))).toBe(false);
    }
  });

  test("take requests signed for their own host, but only with their account_id", async () => {
    await using simulator = await start();
    const host = "api-child.duosecurity.com";
    const account_id = "DA000000000000000002";
    expect((await get(simulator, "/admin/v1/info/summary", { host, params: { account_id } })).status).toBe(
      200,
    );
    expect((await get(simulator, "/admin/v1/info/summary", { host })).body["code"]).toBe(40103);
  });

  test("can be added while the simulator runs, with history and events to come", async () => {
    await using simulator = await start();
    simulator.clock.advance(5 * 86_400_000);
    const child = simulator.addChild({ name: "Filiale", users: 10, days: 1 });
    expect(simulator.children.at(-1)).toEqual(child);
    const { body } = await get(simulator, "/accounts/v1/account/list", { method: "POST" });
    expect(body["response"]).toHaveLength(3);
    const before = simulator.ledger.expected("authentication_v2", { accountId: child.accountId });
    const firstMs = Date.parse(String(before[0]?.["isotimestamp"]));
    expect(firstMs).toBeGreaterThan(simulator.clock.nowMs() - 86_400_000 - 3_600_000);
    simulator.clock.advance(86_400_000);
    const window = { mintime: NOW_MS, maxtime: simulator.clock.nowMs(), account_id: child.accountId };
    const rows = await drain(simulator, AUTH, window);
    expect(rows).toEqual(simulator.ledger.expected("authentication_v2", { accountId: child.accountId }));
    expect(rows.length).toBeGreaterThan(before.length);
  });

  test("cannot share an id or a host", async () => {
    await using simulator = await start();
    expect(() => simulator.addChild({ accountId: "DA000000000000000002" })).toThrow("its id is taken");
    expect(() => simulator.addChild({ apiHostname: "API-child.duosecurity.com" })).toThrow(
      "its host is taken",
    );
    expect(simulator.children).toHaveLength(2);
  });

  test("have requests and rows counted apart", async () => {
    await using simulator = await start();
    const { accountId } = simulator.children[1] as { accountId: string };
    await get(simulator, AUTH, { params: { ...WINDOW, account_id: accountId, limit: 3 } });
    await get(simulator, AUTH, { params: { ...WINDOW, limit: 5 } });
    const { ledger } = simulator;
    expect(ledger.counts(accountId).authentication_v2).toEqual({
      visible: ledger.expected("authentication_v2", { accountId }).length,
      requests: 1,
      rowsServed: 3,
      faults: 0,
    });
    expect(ledger.counts().authentication_v2).toMatchObject({ requests: 2, rowsServed: 8 });
    ledger.clearRequests();
    expect(ledger.counts().authentication_v2).toMatchObject({ requests: 0, rowsServed: 0 });
  });

  test("are reached by the keys of an Accounts API application beside those of an Admin API application", async () => {
    const keys = { integrationKey: "DIACCOUNTS0000000001", secretKey: "b".repeat(40) };
    await using simulator = await start({ applicationType: "admin", accountsApplication: keys });
    const account_id = "DA000000000000000002";
    const list = { method: "POST", ...keys };
    expect((await get(simulator, "/accounts/v1/account/list", list)).status).toBe(200);
    expect((await get(simulator, AUTH, { params: { ...WINDOW, account_id }, ...keys })).status).toBe(200);
    expect((await get(simulator, AUTH, { params: WINDOW, ...keys })).body["code"]).toBe(40301);
    expect((await get(simulator, AUTH, { params: WINDOW })).status).toBe(200);
    expect((await get(simulator, AUTH, { params: { ...WINDOW, account_id } })).body["code"]).toBe(40301);
    expect(
      (await get(simulator, AUTH, { params: WINDOW, ...keys, secretKey: "c".repeat(40) })).body["code"],
    ).toBe(40103);
  });

  test("that do not exist are not found", async () => {
    await using simulator = await start();
    const answer = await get(simulator, AUTH, { params: { ...WINDOW, account_id: "DA9VZOC5X63I2W72NRP9" } });
    expect(answer.body["code"]).toBe(40401);
  });

  test("are out of reach for the keys of an Admin API application", async () => {
    await using simulator = await start({ applicationType: "admin" });
    const account_id = "DA000000000000000002";
    expect((await get(simulator, AUTH, { params: { ...WINDOW, account_id } })).body["code"]).toBe(40301);
    expect((await get(simulator, "/accounts/v1/account/list", { method: "POST" })).body["code"]).toBe(40301);
    expect((await get(simulator, AUTH, { params: WINDOW })).status).toBe(200);
  });

  test("are all that the keys of an Accounts API application reach", async () => {
    await using simulator = await start({ applicationType: "accounts" });
    const account_id = "DA000000000000000002";
    expect((await get(simulator, AUTH, { params: { ...WINDOW, account_id } })).status).toBe(200);
    expect((await get(simulator, AUTH, { params: WINDOW })).body["code"]).toBe(40301);
  });
});
