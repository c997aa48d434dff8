import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createGate, createMutex } from "../../src/core/create-gate.ts";

test("lets as many through as it may, in the order asked for, whatever fails", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      fc.scheduler(),
      async (countMax, fails, scheduler) => {
        const gate = createGate(countMax);
        const started: number[] = [];
        let underWay = 0;
        let most = 0;
        const all = fails.map((isFailing, index) =>
          gate(async () => {
            started.push(index);
            underWay += 1;
            most = Math.max(most, underWay);
            await scheduler.schedule(Promise.resolve());
            underWay -= 1;
            if (isFailing) throw new Error(String(index));
            return index;
          }).then(
            (value) => ({ value }),
            (error: unknown) => ({ error: (error as Error).message }),
          ),
        );
        await scheduler.waitFor(Promise.all(all));
        expect(await Promise.all(all)).toEqual(
          fails.map((isFailing, index) => (isFailing ? { error: String(index) } : { value: index })),
        );
        expect(started).toEqual(fails.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(countMax);
      },
    ),
  );
});

test("a mutex lets one through at a time", async () => {
  const exclusively = createMutex();
  const log: string[] = [];
  await Promise.all(
    ["a", "b"].map((name) =>
      exclusively(async () => {
        log.push(`${name} in`);
        await Promise.resolve();
        log.push(`${name} out`);
      }),
    ),
  );
  expect(log).toEqual(["a in", "a out", "b in", "b out"]);
});
