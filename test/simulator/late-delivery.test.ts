import { describe, expect, test } from "vitest";

import { startSimulator } from "../../simulator/simulator.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { drain, NOW_MS } from "./client.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const OPTIONS: SimulatorOptions = { users: 100, days: 3, nowMs: NOW_MS };

/** For each hour after `NOW_MS`, how many of the events before it had appeared. */
async function arrivals(options: SimulatorOptions, hours: readonly number[]): Promise<number[]> {
  await using simulator = await startSimulator({ ...OPTIONS, ...options });
  return hours.map((hour) => {
    simulator.clock.setNow(NOW_MS + hour * HOUR_MS);
    const toMs = NOW_MS - 120_000;
    return simulator.ledger.expected("authentication_v2", { toMs }).length;
  });
}

describe("lateDelivery", () => {
  test("lets a share of the events appear up to 15 hours late, and then they are all there", async () => {
    const [all] = await arrivals({}, [0]);
    const counts = await arrivals({ lateDelivery: { share: 0.3 } }, [0, 2, 6, 15]);
    expect(counts.toSorted((a, b) => a - b)).toEqual(counts);
    expect(new Set(counts).size).toBe(4);
    expect(counts.at(-1)).toBe(all);
  });

  test("may be as late as six days", async () => {
    const [all] = await arrivals({}, [0]);
    const late = { lateDelivery: { share: 0.3, upToMs: 6 * DAY_MS } };
    const [soon = 0, afterDays = 0, end] = await arrivals(late, [24, 100, 144]);
    expect(soon).toBeLessThan(afterDays);
    expect(afterDays).toBeLessThan(all ?? 0);
    expect(end).toBe(all);
  });

  test("is the same for the same seed", async () => {
    const late = { lateDelivery: { share: 0.3 } };
    expect(await arrivals(late, [0, 1, 2])).toEqual(await arrivals(late, [0, 1, 2]));
  });

  test("delays both logs that tell of a happening alike", async () => {
    await using simulator = await startSimulator({
      ...OPTIONS,
      eventsPerDay: { administrator: 400 },
      lateDelivery: { share: 0.5 },
    });
    const happenings = simulator.ledger.happenings("administrator_v1");
    expect(happenings.length).toBeGreaterThan(500);
    expect(happenings.filter(({ v1, v2 }) => v1 !== undefined && v2 === undefined)).toEqual([]);
  });

  test("is followed by the endpoint and by the counts", async () => {
    await using simulator = await startSimulator({ ...OPTIONS, users: 30, lateDelivery: { share: 0.3 } });
    for (const hours of [0, 5, 40]) {
      simulator.clock.setNow(NOW_MS + hours * HOUR_MS);
      const window = { mintime: NOW_MS - 4 * DAY_MS, maxtime: simulator.clock.nowMs(), limit: 1000 };
      const rows = await drain(simulator, "/admin/v2/logs/authentication", window);
      expect(rows).toEqual(simulator.ledger.expected("authentication_v2"));
      expect(simulator.ledger.counts().authentication_v2.visible).toBe(rows.length);
    }
  });

  test("leaves injected events alone", async () => {
    await using simulator = await startSimulator({ ...OPTIONS, lateDelivery: { share: 1 } });
    const login = { txid: "x", isotimestamp: new Date(NOW_MS - 120_000).toISOString() };
    simulator.inject("authentication_v2", [login]);
    expect(simulator.ledger.expected("authentication_v2")).toContainEqual(login);
  });

  test.each([{ share: 1.1 }, { share: Number.NaN }, { share: 0.5, upToMs: 0 }])(
    "refuses %o",
    async (lateDelivery) => {
      await expect(startSimulator({ ...OPTIONS, lateDelivery })).rejects.toThrow(
        "Cannot start the simulator: option lateDelivery",
      );
    },
  );
});
