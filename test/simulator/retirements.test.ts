import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import type { RetiredStatus } from "../../simulator/retirements.ts";
import { streamNamed, type StreamName } from "../../simulator/streams.ts";
import { get, NOW_MS, type Params } from "./client.ts";

function start(): Promise<Simulator> {
  return startSimulator({ users: 3, days: 1, nowMs: NOW_MS, children: [{}] });
}

async function answerOf(simulator: Simulator, stream: StreamName, params: Params = {}): Promise<unknown[]> {
  const window = stream.endsWith("_v2") ? { mintime: NOW_MS - 1000, maxtime: NOW_MS } : {};
  const { path } = streamNamed(stream);
  const { status, body } = await get(simulator, path, { params: { ...window, ...params } });
  return [status, body["stat"], body["code"]];
}

const OK = [200, "OK", undefined];
const GONE = [404, "FAIL", 40401];

describe("retire", () => {
  test.each<[StreamName, RetiredStatus, number]>([
    ["administrator_v1", 404, 40401],
    ["offline_enrollment_v1", 410, 41001],
    ["telephony_v1", 403, 40301],
    ["telephony_v2", 410, 41001],
  ])("lets %s answer %i with Duo's envelope until it is restored", async (stream, status, code) => {
    await using simulator = await start();
    expect(await answerOf(simulator, stream)).toEqual(OK);
    simulator.retire(stream, { status });
    for (let times = 0; times < 3; times += 1) {
      expect(await answerOf(simulator, stream)).toEqual([status, "FAIL", code]);
      simulator.clock.advance(60_000);
    }
    expect(await answerOf(simulator, "authentication_v1")).toEqual(OK);
    simulator.restore(stream);
    expect(await answerOf(simulator, stream)).toEqual(OK);
  });

  test("takes a path, and an instant to come", async () => {
    await using simulator = await start();
    simulator.retire("/admin/v1/logs/administrator", { status: 404, atMs: NOW_MS + 60_000 });
    simulator.restore("administrator_v1", { atMs: NOW_MS + 120_000 });
    const answers = [];
    for (let minute = 0; minute < 3; minute += 1) {
      answers.push(await answerOf(simulator, "administrator_v1"));
      simulator.clock.advance(60_000);
    }
    expect(answers).toEqual([OK, GONE, OK]);
    simulator.clock.setNow(NOW_MS + 60_000);
    expect(simulator.retired()).toEqual([{ stream: "administrator_v1", status: 404, atMs: NOW_MS + 60_000 }]);
  });

  test("at an instant to come is forgotten when the log is restored before", async () => {
    await using simulator = await start();
    simulator.retire("administrator_v1", { status: 404, atMs: NOW_MS + 60_000 });
    simulator.restore("administrator_v1");
    simulator.clock.advance(60_000);
    expect(await answerOf(simulator, "administrator_v1")).toEqual(OK);
  });

  test("of one account leaves the others alone", async () => {
    await using simulator = await start();
    const { accountId } = simulator.children[0] as { accountId: string };
    simulator.retire("administrator_v1", { status: 404, accountId });
    expect(await answerOf(simulator, "administrator_v1", { account_id: accountId })).toEqual(GONE);
    expect(await answerOf(simulator, "administrator_v1")).toEqual(OK);
  });

  test("of a log that was off from the beginning can be taken back", async () => {
    await using simulator = await startSimulator({
      users: 1,
      days: 0,
      nowMs: NOW_MS,
      retired: { telephony_v1: 410 },
    });
    expect((await answerOf(simulator, "telephony_v1"))[0]).toBe(410);
    simulator.restore("telephony_v1");
    expect(await answerOf(simulator, "telephony_v1")).toEqual(OK);
  });

  test("refuses streams and statuses that it does not know", async () => {
    await using simulator = await start();
    expect(() => simulator.retire("sso", { status: 404 })).toThrow("Cannot find the stream");
    expect(() => simulator.retire("telephony_v1", { status: 500 as RetiredStatus })).toThrow(
      "status must be one of 403, 404, 410, got 500",
    );
  });
});
