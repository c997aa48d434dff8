import { expect, test } from "vitest";
import { pullAll } from "../../src/pull-all.ts";
import { type EventTable, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";

const TABLES: readonly EventTable[] = ["admin", "offline_enrollment", "telephony"];
const BUSY = {
  users: 200,
  eventsPerDay: { administrator: 900, offlineEnrollment: 400, telephony: 700 },
} as const;

test.each([404, 410, 403] as const)(
  "a v1 log that ends with %i gives way to the activity log; each happening is there once",
  async (status) => {
    await using harness = await startHarness({ tables: ["admin", "offline_enrollment"], simulator: BUSY });
    const app = await harness.start();
    const all = { sources: app.sources, wants: () => true };
    await pullAll(app, all);
    harness.simulator.clock.advance(3_600_000);
    for (const stream of ["administrator_v1", "offline_enrollment_v1"])
      harness.simulator.retire(stream, { status });
    const results = await pullAll(app, all);
    expect(results.map(({ stream, error }) => [stream, error])).toEqual([
      ["activity_v2", undefined],
      ["activity_v2", undefined],
    ]);
    for (let hour = 0; hour < 5; hour += 1) {
      harness.simulator.clock.advance(1_800_000);
      await pullAll(app, all);
      await harness.pull();
    }
    for (const table of ["admin", "offline_enrollment"] as const) {
      expect({ table, ...(await harness.difference(table)) }).toEqual({ table, ...NO_DIFFERENCE });
    }
  },
);

test("telephony is fed by v1 where v2 does not answer", async () => {
  await using harness = await startHarness({ tables: ["telephony"], simulator: BUSY });
  harness.simulator.retire("telephony_v2", { status: 404 });
  const [result] = await harness.pull();
  expect(result).toMatchObject({ stream: "telephony_v1", error: undefined });
  harness.simulator.clock.advance(7_200_000);
  await harness.pull();
  const { lost, repeated } = await harness.difference("telephony");
  expect([lost, repeated]).toEqual([[], []]);
});

test("one refusal does not make a stream give way", async () => {
  await using harness = await startHarness({ tables: TABLES });
  harness.simulator.faults.add({ kind: "error_code", code: 40401, target: "administrator_v1", times: 1 });
  const results = await harness.pull();
  expect(results.find(({ table }) => table === "admin")).toMatchObject({
    stream: "administrator_v1",
    error: undefined,
  });
});
