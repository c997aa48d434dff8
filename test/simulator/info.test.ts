import { expect, test } from "vitest";

import { startSimulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";
import { get, NOW_MS } from "./client.ts";

const INFO = "/admin/v1/info";
const WINDOW = { mintime: NOW_MS / 1000 - 2 * 86_400, maxtime: NOW_MS / 1000 };

test("summary is a gauge whose values move with the clock", async () => {
  await using simulator = await startSimulator({ users: 200, days: 0, nowMs: NOW_MS });
  const values: RawEvent[] = [];
  for (let day = 0; day < 4; day += 1) {
    values.push((await get(simulator, `${INFO}/summary`)).body["response"] as RawEvent);
    simulator.clock.advance(86_400_000);
  }
  expect(Object.keys(values[0] as RawEvent)).toEqual([
    "admin_count",
    "edition",
    "integration_count",
    "telephony_credits_remaining",
    "user_count",
    "user_pending_deletion_count",
  ]);
  expect(new Set(values.map((value) => value["telephony_credits_remaining"])).size).toBe(4);
  expect(new Set(values.map((value) => value["user_count"])).size).toBeGreaterThan(1);
});

test("summary can be replaced", async () => {
  await using simulator = await startSimulator({ users: 1, days: 0, nowMs: NOW_MS });
  simulator.inject("summary", [{ user_count: 7 }], { visibleAtMs: NOW_MS + 1000 });
  expect((await get(simulator, `${INFO}/summary`)).body["response"]).not.toEqual({ user_count: 7 });
  simulator.clock.advance(1000);
  expect((await get(simulator, `${INFO}/summary`)).body["response"]).toEqual({ user_count: 7 });
});

test("authentication attempts count the logins of the period by result", async () => {
  await using simulator = await startSimulator({ users: 30, days: 4, nowMs: NOW_MS });
  const response = (await get(simulator, `${INFO}/authentication_attempts`, { params: WINDOW })).body[
    "response"
  ] as RawEvent;
  const counts = response["authentication_attempts"] as Readonly<Record<string, number>>;
  const logins = simulator.ledger.expected("authentication_v2", { fromMs: WINDOW.mintime * 1000 });
  expect(Object.keys(counts)).toEqual(["ERROR", "FAILURE", "FRAUD", "SUCCESS"]);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(logins.length);
  expect(counts["SUCCESS"]).toBe(logins.filter((login) => login["result"] === "success").length);
  const users = (await get(simulator, `${INFO}/user_authentication_attempts`, { params: WINDOW })).body[
    "response"
  ] as RawEvent;
  const names = new Set(
    logins
      .filter((login) => login["result"] === "success")
      .map((login) => (login["user"] as RawEvent)["name"]),
  );
  expect((users["user_authentication_attempts"] as RawEvent)["SUCCESS"]).toBe(names.size);
});

test("authentication attempts follow injected and late logins, count both end seconds, and no other result", async () => {
  const eventsPerDay = { authentication: 0 };
  await using simulator = await startSimulator({
    users: 1,
    days: 0,
    nowMs: NOW_MS,
    eventsPerDay,
    attacks: false,
  });
  const mintime = NOW_MS / 1000 - 1000;
  const maxtime = mintime + 100;
  const login = (atMs: number, result: unknown, name: string): RawEvent => ({
    txid: `${name}-${atMs}`,
    isotimestamp: new Date(atMs).toISOString(),
    result,
    reason: "error",
    user: { name },
  });
  simulator.inject("authentication_v2", [
    login(mintime * 1000 - 1, "success", "before"),
    login(mintime * 1000, "success", "ada"),
    login(mintime * 1000 + 1, "success", "ada"),
    login(maxtime * 1000 + 999, "denied", "ada"),
    login(maxtime * 1000 + 1000, "denied", "after"),
    login(mintime * 1000 + 5, "failure", "bob"),
    login(mintime * 1000 + 6, "error", "bob"),
    login(mintime * 1000 + 7, "postponed", "bob"),
    login(mintime * 1000 + 8, null, "bob"),
  ]);
  const late = [login(mintime * 1000 + 9, "fraud", "eve")];
  simulator.inject("authentication_v2", late, { visibleAtMs: NOW_MS + 1 });
  const counts = async (key: string): Promise<unknown> => {
    const { body } = await get(simulator, `${INFO}/${key}`, { params: { mintime, maxtime } });
    return (body["response"] as RawEvent)[key];
  };
  const visible = { ERROR: 1, FAILURE: 2, FRAUD: 0, SUCCESS: 2 };
  expect(await counts("authentication_attempts")).toEqual(visible);
  expect(await counts("user_authentication_attempts")).toEqual({ ...visible, SUCCESS: 1 });
  simulator.clock.advance(1);
  expect(await counts("authentication_attempts")).toEqual({ ...visible, FRAUD: 1 });
});

test("telephony credits used add up, by default over the last 30 days", async () => {
  await using simulator = await startSimulator({ users: 60, days: 4, nowMs: NOW_MS });
  const { body } = await get(simulator, `${INFO}/telephony_credits_used`);
  const credits = simulator.ledger
    .expected("telephony_v2")
    .reduce((sum, call) => sum + Number(call["credits"]), 0);
  expect(credits).toBeGreaterThan(0);
  expect(body["response"]).toEqual({
    maxtime: NOW_MS / 1000,
    mintime: NOW_MS / 1000 - 30 * 86_400,
    telephony_credits_used: credits,
  });
});
