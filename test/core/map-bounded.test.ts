import * as fc from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { mapBounded } from "../../src/core/map-bounded.ts";

test("mapBounded keeps the order and never has more than the bound under way", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (turnCounts, bound) => {
        let underWay = 0;
        let most = 0;
        const results = await mapBounded(turnCounts, bound, async (turnCount) => {
          underWay += 1;
          most = Math.max(most, underWay);
          for (let i = 0; i < turnCount; i += 1) await turn();
          underWay -= 1;
          return turnCount * 2;
        });
        expect(results).toEqual(turnCounts.map((count) => count * 2));
        expect(most).toBeLessThanOrEqual(bound);
        expect(most).toBe(Math.min(bound, turnCounts.length));
      },
    ),
    { numRuns: 50 },
  );
});

test("mapBounded starts nothing more after a failure, and throws the first one when the rest has ended", async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const work = mapBounded([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    if (item === 1) throw new Error("one");
    await turn();
    await turn();
    ended.push(item);
    if (item === 0) throw new Error("nought");
  });
  await expect(work).rejects.toThrow("one");
  expect(started).toEqual([0, 1]);
  expect(ended).toEqual([0]);
});

test("mapBounded of nothing is nothing", async () => {
  expect(await mapBounded([], 3, async () => 1)).toEqual([]);
});
