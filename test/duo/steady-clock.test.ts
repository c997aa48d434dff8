import { describe, expect, test } from "vitest";
import { createSteadyClock } from "../../src/duo/steady-clock.ts";
import { createFakeClock } from "../core/support/fake-clock.ts";

const HOUR_MS = 3_600_000;

describe("createSteadyClock", () => {
  test("shows what the machine's clock shows, as long as that one goes forward", async () => {
    const clock = createFakeClock();
    const steady = createSteadyClock(clock);
    expect(steady.nowMs()).toBe(clock.nowMs());
    await clock.advance(5_000);
    expect(steady.nowMs()).toBe(clock.nowMs());
    expect(steady.toWallMs(steady.nowMs() + 7)).toBe(clock.nowMs() + 7);
  });

  test("stands still, and never goes back, where the machine's is set back", async () => {
    const clock = createFakeClock();
    const steady = createSteadyClock(clock);
    const startMs = steady.nowMs();
    clock.shift(-HOUR_MS);
    expect(steady.nowMs()).toBe(startMs);
    await clock.advance(1_000);
    expect(steady.nowMs()).toBe(startMs + 1_000);
    expect(steady.toWallMs(startMs + 2_000)).toBe(clock.nowMs() + 1_000);
  });

  test.each([0, 400, 999])("knows how long it slept, though set back after %i ms of it", async (afterMs) => {
    const clock = createFakeClock();
    const steady = createSteadyClock(clock);
    const startMs = steady.nowMs();
    const slept = steady.sleep(1_000);
    await clock.advance(afterMs);
    clock.shift(-HOUR_MS);
    steady.nowMs();
    await clock.advance(1_000 - afterMs);
    await slept;
    expect(steady.nowMs()).toBe(startMs + 1_000);
    expect(steady.toWallMs(startMs + 1_000)).toBe(clock.nowMs());
  });

  test("passes the stop on", async () => {
    const steady = createSteadyClock(createFakeClock());
    await expect(steady.sleep(1_000, AbortSignal.abort())).rejects.toMatchObject({ code: "stopped" });
  });
});
