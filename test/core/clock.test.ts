import { describe, expect, test } from "vitest";
import { systemClock, throwIfStopped } from "../../src/core/clock.ts";

describe("systemClock.sleep", () => {
  test("ends after its time", async () => {
    await expect(systemClock.sleep(1, new AbortController().signal)).resolves.toBeUndefined();
    await expect(systemClock.sleep(0)).resolves.toBeUndefined();
  });

  test("ends at once when stopped, before or meanwhile", async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: "stopped" });
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await expect(sleeping).rejects.toMatchObject({ code: "stopped", retryable: true });
  });
});

test("throwIfStopped throws only when stopped", () => {
  expect(() => throwIfStopped(undefined)).not.toThrow();
  expect(() => throwIfStopped(new AbortController().signal)).not.toThrow();
  expect(() => throwIfStopped(AbortSignal.abort())).toThrow("asked to stop");
});
