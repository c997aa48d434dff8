import { expect, test } from "vitest";
import { scheduleOf } from "../support/fault-schedule.ts";
import { NO_DIFFERENCE } from "../support/pull-harness.ts";
import { runSchedule } from "../support/run-schedule.ts";

/** To replay a failure: DUOLAKE_FAULT_SEED=<its seed> DUOLAKE_FAULT_RUNS=1; to look for new ones: many runs. */
const RUN_COUNT = Number(process.env["DUOLAKE_FAULT_RUNS"] ?? 15);
const FIRST_SEED = Number(process.env["DUOLAKE_FAULT_SEED"] ?? 20_260_312);
const SEEDS = Array.from({ length: RUN_COUNT }, (_, i) => FIRST_SEED + i);

test.each(SEEDS)(
  "faults in twos and threes over pulls, backfills and re-reads lose and repeat nothing, seed %i",
  async (seed) => {
    const schedule = scheduleOf(seed);
    const { difference, errors } = await runSchedule(schedule);
    // All of it is compared, so that a failure shows how to play it again.
    const how = {
      again: `DUOLAKE_FAULT_SEED=${seed} DUOLAKE_FAULT_RUNS=1`,
      schedule: JSON.stringify(schedule),
    };
    expect({ ...how, errors, ...difference }).toEqual({ ...how, errors: [], ...NO_DIFFERENCE });
  },
  120_000,
);

test("schedules are what they claim to be: their faults hit requests, and a seed always gives the same one", async () => {
  expect(scheduleOf(FIRST_SEED)).toEqual(scheduleOf(FIRST_SEED));
  const { faultCount } = await runSchedule(scheduleOf(20_260_312));
  expect(faultCount).toBeGreaterThan(0);
});
