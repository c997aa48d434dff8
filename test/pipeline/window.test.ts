import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AVAILABILITY_DELAY_MS, pullWindow, RETENTION_MS } from "../../src/pipeline/window.ts";

const nowMs = Date.UTC(2026, 2, 12);
const offset = fc.integer({ min: -400 * 86_400_000, max: 2 * 86_400_000 });

test("pullWindow ends two minutes ago and never reads below the start or what Duo keeps", () => {
  fc.assert(
    fc.property(
      offset,
      offset,
      // Without a look-back there may be nothing left to read.
      fc.integer({ min: 1, max: 7 * 86_400_000 }),
      (start, watermark, lookBackMs) => {
        const cursor = { startMs: nowMs + start, watermarkMs: nowMs + Math.max(start, watermark) };
        const { window, gap } = pullWindow(cursor, { nowMs, lookBackMs });
        const earliestMs = Math.floor(Math.max(cursor.startMs, nowMs - RETENTION_MS) / 1000) * 1000;
        // Nothing is read only where everything that could be is younger than Duo shows.
        fc.pre(window !== undefined || earliestMs < nowMs - AVAILABILITY_DELAY_MS - lookBackMs);
        if (window === undefined) throw new Error("there is something to read, and no window");
        expect(window.toMs).toBe(nowMs - AVAILABILITY_DELAY_MS);
        expect(window.fromMs).toBeLessThan(window.toMs);
        expect(window.fromMs).toBeGreaterThanOrEqual(earliestMs);
        // Whatever lies between what was read and what is read now is a gap.
        expect(window.fromMs).toBeLessThanOrEqual(Math.max(cursor.watermarkMs, gap?.toMs ?? 0));
      },
    ),
  );
});

test("pullWindow reads the look-back below the watermark", () => {
  const cursor = { startMs: nowMs - 86_400_000, watermarkMs: nowMs - 600_000 };
  expect(pullWindow(cursor, { nowMs, lookBackMs: 3_600_000 }).window?.fromMs).toBe(
    nowMs - 600_000 - 3_600_000,
  );
});

test("a watermark from the future does not keep the pull from reading the present", () => {
  const cursor = { startMs: nowMs - 86_400_000, watermarkMs: nowMs + 86_400_000 };
  expect(pullWindow(cursor, { nowMs, lookBackMs: 3_600_000 }).window).toEqual({
    fromMs: nowMs - 120_000 - 3_600_000,
    toMs: nowMs - 120_000,
  });
});
