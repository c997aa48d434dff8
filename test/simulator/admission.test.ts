import { describe, expect, test } from "vitest";

import type { SimulatorOptions } from "../../simulator/options.ts";
import { startSimulator } from "../../simulator/simulator.ts";
import { answerOf, get, NOW_MS, type CallOptions, type Params } from "./client.ts";

const SUMMARY = "/admin/v1/info/summary";
const AUTH = "/admin/v2/logs/authentication";
const SMALL: SimulatorOptions = { users: 3, days: 1, nowMs: NOW_MS };

async function codeOf(
  path: string,
  call: CallOptions & { readonly params?: Params },
  options: SimulatorOptions = {},
): Promise<unknown[]> {
  await using simulator = await startSimulator({ ...SMALL, ...options });
  const { status, body } = await get(simulator, path, call);
  return [status, body["code"], body["message"]];
}

describe("admission refuses", () => {
  test("a request without credentials: 40101", async () => {
    await using simulator = await startSimulator(SMALL);
    for (const authorization of [undefined, "Bearer x", "Basic !!", `Basic ${btoa("nocolon")}`]) {
      const headers = authorization === undefined ? {} : { authorization };
      const { status, body } = await answerOf(await fetch(simulator.url + SUMMARY, { headers }));
      expect([status, body["code"], body["stat"]]).toEqual([401, 40101, "FAIL"]);
      expect(body["message"]).toBe("Missing request credentials");
    }
  });

  test("an unknown integration key: 40102", async () => {
    const call = { integrationKey: "DIXXXXXXXXXXXXXXXXXX" };
    expect(await codeOf(SUMMARY, call)).toEqual([
      401,
      40102,
      "Invalid integration key in request credentials",
    ]);
  });

  test("a wrong secret key: 40103", async () => {
    const call = { secretKey: "x".repeat(40) };
    expect(await codeOf(SUMMARY, call)).toEqual([401, 40103, "Invalid signature in request credentials"]);
  });

  test("a date in another language: 40104", async () => {
    const call = { date: "Mi, 11 Mär 2026 15:30:00 +0000" };
    expect(await codeOf(SUMMARY, call)).toEqual([401, 40104, "Missing request timestamp"]);
  });

  test("a clock that is off by more than five minutes: 40105", async () => {
    expect(await codeOf(SUMMARY, { dateMs: NOW_MS - 301_000 })).toEqual([
      401,
      40105,
      "Bad request timestamp",
    ]);
    expect(await codeOf(SUMMARY, { dateMs: NOW_MS + 301_000 })).toEqual([
      401,
      40105,
      "Bad request timestamp",
    ]);
    expect(await codeOf(SUMMARY, { dateMs: NOW_MS - 299_000 })).toEqual([200, undefined, undefined]);
  });

  test("an address that is not allowed, after the signature: 40301", async () => {
    const options = { allowedIps: ["192.0.2.1"] };
    expect(await codeOf(SUMMARY, {}, options)).toEqual([403, 40301, "Access forbidden"]);
    expect((await codeOf(SUMMARY, { secretKey: "x".repeat(40) }, options))[1]).toBe(40103);
  });

  test("an endpoint without its permission, and only that one: 40301", async () => {
    const options: SimulatorOptions = { permissions: ["Grant read information"] };
    const params = { mintime: NOW_MS - 1000, maxtime: NOW_MS };
    expect(await codeOf(AUTH, { params }, options)).toEqual([403, 40301, "Access forbidden"]);
    expect((await codeOf(SUMMARY, {}, options))[0]).toBe(200);
  });

  test("an unknown path: 40401; a wrong method: 405", async () => {
    expect(await codeOf("/admin/v3/nothing", {})).toEqual([404, 40401, "Resource not found"]);
    expect((await codeOf(SUMMARY, { method: "DELETE" }))[0]).toBe(405);
  });

  test("a retired v1 log, with the status chosen", async () => {
    const options: SimulatorOptions = {
      retired: { administrator_v1: 410, telephony_v1: 404, authentication_v1: 403 },
    };
    expect((await codeOf("/admin/v1/logs/administrator", {}, options))[0]).toBe(410);
    expect((await codeOf("/admin/v1/logs/telephony", {}, options))[1]).toBe(40401);
    expect((await codeOf("/admin/v1/logs/authentication", {}, options))[1]).toBe(40301);
    expect((await codeOf("/admin/v1/logs/offline_enrollment", {}, options))[0]).toBe(200);
  });
});

describe("admission limits the rate", () => {
  test("per endpoint, until a minute has passed: 42901", async () => {
    await using simulator = await startSimulator({ ...SMALL, rateLimit: { requestsPerMinute: 2 } });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await get(simulator, SUMMARY)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await get(simulator, "/admin/v1/logs/telephony")).status).toBe(200);
    simulator.clock.advance(60_000);
    expect((await get(simulator, SUMMARY)).status).toBe(200);
  });

  test("or until the minute of the clock is over, if told to", async () => {
    const nowMs = Math.floor(NOW_MS / 60_000) * 60_000 + 59_000;
    const rateLimit = { requestsPerMinute: 2, minutes: "fixed" } as const;
    await using simulator = await startSimulator({ ...SMALL, nowMs, rateLimit });
    const statuses = [];
    for (let i = 0; i < 6; i += 1) {
      statuses.push((await get(simulator, SUMMARY)).status);
      if (i === 2) simulator.clock.advance(1_000);
    }
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
  });

  test("and names a time to wait only if told to", async () => {
    for (const [options, header] of [
      [{}, null],
      [{ retryAfterSeconds: 30 }, "30"],
    ] as const) {
      await using simulator = await startSimulator({
        ...SMALL,
        rateLimit: { requestsPerMinute: 1, ...options },
      });
      await get(simulator, SUMMARY);
      const answer = await get(simulator, SUMMARY);
      expect([answer.body["code"], answer.headers.get("retry-after")]).toEqual([42901, header]);
    }
  });
});

describe("admission accepts", () => {
  test("X-Duo-Date before Date", async () => {
    await using simulator = await startSimulator(SMALL);
    const date = new Date(NOW_MS).toUTCString();
    const headers = { "x-duo-date": date, date: "Thu, 01 Jan 1970 00:00:00 GMT" };
    expect((await get(simulator, SUMMARY, { date, headers })).status).toBe(200);
  });

  test("the new secret key after a rotation, and not the old one", async () => {
    await using simulator = await startSimulator(SMALL);
    const old = simulator.secretKey();
    simulator.setSecretKey("A".repeat(40));
    expect((await get(simulator, SUMMARY)).status).toBe(200);
    expect((await get(simulator, SUMMARY, { secretKey: old })).body["code"]).toBe(40103);
    expect(() => simulator.setSecretKey("short")).toThrow("40 letters or digits");
  });

  test("an unsigned ping, and tells the time of its clock", async () => {
    await using simulator = await startSimulator(SMALL);
    const { body, headers } = await answerOf(await fetch(`${simulator.url}/auth/v2/ping`));
    expect(body).toEqual({ stat: "OK", response: { time: NOW_MS / 1000 } });
    expect(headers.get("date")).toBe(new Date(NOW_MS).toUTCString());
  });
});
