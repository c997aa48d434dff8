import { describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../simulator/simulator.ts";
import { STREAMS, type StreamName } from "../../simulator/streams.ts";
import { NOW_MS } from "./client.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function expectedIdentities({ ledger }: Simulator, stream: StreamName): string[] {
  return ledger.expected(stream).map((event) => ledger.identity(stream, event));
}

describe("ledger identities", () => {
  test("are those of the expected events, whatever is late, injected or new", async () => {
    await using simulator = await startSimulator({
      users: 15,
      days: 3,
      nowMs: NOW_MS,
      lateDelivery: { share: 0.2 },
      trustMonitorChangeShare: 1,
    });
    const agree = (): void => {
      for (const { name } of STREAMS)
        expect([...simulator.ledger.identities(name)]).toEqual(expectedIdentities(simulator, name));
    };
    agree();
    simulator.clock.advance(30 * HOUR_MS);
    agree();
    const login = { txid: "x", isotimestamp: new Date(NOW_MS - 2 * DAY_MS).toISOString() };
    simulator.inject("authentication_v2", [login, login]);
    simulator.faults.add({ kind: "late_rows", share: 0.5, lateByMs: 40 * HOUR_MS, fromMs: NOW_MS - DAY_MS });
    agree();
    expect([...simulator.ledger.identities("authentication_v2")]).toContain(`x|${login.isotimestamp}`);
    simulator.faults.clear();
    agree();
    simulator.clock.setNow(NOW_MS);
    agree();
  });

  test("of a part of an hour and of an earlier instant are exact", async () => {
    await using simulator = await startSimulator({ users: 200, days: 1, nowMs: NOW_MS });
    const { ledger } = simulator;
    for (const range of [
      { fromMs: NOW_MS - 5 * HOUR_MS, toMs: NOW_MS - 4.5 * HOUR_MS },
      { asOfMs: NOW_MS - 3 * HOUR_MS },
    ]) {
      const events = ledger.expected("authentication_v2", range);
      expect([...ledger.identities("authentication_v2", range)]).toEqual(
        events.map((event) => ledger.identity("authentication_v2", event)),
      );
    }
    const newest = ledger.expected("authentication_v2", { asOfMs: NOW_MS - 3 * HOUR_MS }).at(-1);
    const newestMs = Date.parse(String(newest?.["isotimestamp"]));
    expect(newestMs).toBeLessThanOrEqual(NOW_MS - 3 * HOUR_MS - 120_000);
    expect(newestMs).toBeGreaterThan(NOW_MS - 4 * HOUR_MS);
  });

  test("of many events cost next to nothing the second time", async () => {
    await using simulator = await startSimulator({ users: 400, days: 10, nowMs: NOW_MS });
    const count = (): number => {
      let found = 0;
      for (const identity of simulator.ledger.identities("authentication_v2"))
        found += identity === "" ? 0 : 1;
      return found;
    };
    const firstMs = performance.now();
    const found = count();
    const secondMs = performance.now();
    expect(count()).toBe(found);
    const thirdMs = performance.now();
    expect(found).toBeGreaterThan(15_000);
    expect(thirdMs - secondMs).toBeLessThan((secondMs - firstMs) / 5);
  });
});
