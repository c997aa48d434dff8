import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { createPriorityLine } from "../../src/duo/priority-line.ts";

describe("createPriorityLine", () => {
  test("has the most urgent first, and equals in the order of coming", async () => {
    const line = createPriorityLine(() => {});
    const work = (["backfill", "reread", "live", "reread", "live"] as const).map((priority) =>
      line.join(priority, undefined),
    );
    expect(line.waiters.map(({ priority }) => priority)).toEqual([
      "live",
      "live",
      "reread",
      "reread",
      "backfill",
    ]);
    expect([line.placeFor("live"), line.placeFor("reread"), line.placeFor("backfill")]).toEqual([2, 4, 5]);
    while (line.waiters.length > 0) line.waiters[0]?.leave();
    await Promise.all(work);
  });

  test("says once that the last one has left, however it left", async () => {
    let emptyCount = 0;
    const line = createPriorityLine(() => {
      emptyCount += 1;
    });
    const stop = new AbortController();
    const work = [line.join("live", undefined), line.join("live", stop.signal)];
    line.waiters[0]?.leave(new Error("sent away"));
    await expect(work[0]).rejects.toThrow("sent away");
    expect(emptyCount).toBe(0);
    stop.abort();
    await expect(work[1]).rejects.toMatchObject({ code: "stopped" });
    expect(emptyCount).toBe(1);
  });

  test("leaves nothing behind at the signal", async () => {
    const line = createPriorityLine(() => {});
    const { signal } = new AbortController();
    const work = [line.join("live", signal), line.join("backfill", signal)];
    expect(getEventListeners(signal, "abort")).toHaveLength(2);
    line.waiters[0]?.leave();
    line.waiters[0]?.leave(new Error("sent away"));
    await Promise.allSettled(work);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
