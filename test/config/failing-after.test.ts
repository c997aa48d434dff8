import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { PullConfig } from "../../src/config/config.ts";
import { durationText } from "../../src/config/duration.ts";
import { failingAfterMs } from "../../src/config/failing-after.ts";
import { loadConfig } from "../../src/config/load.ts";
import { configProblems, problemLine } from "../../src/config/problem.ts";
import { testDirectory } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

async function loadPull(text: string): Promise<PullConfig> {
  await using directory = await testDirectory({ "matano.config.yml": text });
  return (await loadConfig(directory.dir, { tables: testTables, ecs: testEcs })).pull;
}

test.each([
  ["1s", 15 * MINUTE_MS],
  ["5m", 15 * MINUTE_MS],
  ["301s", 903_000],
  ["1h", 180 * MINUTE_MS],
  ["1d", 3 * DAY_MS],
])(
  "loadConfig takes 15 minutes or three intervals of %s where failing_after is not given",
  async (text, ms) => {
    for (const given of ["", "  failing_after:\n", "  failing_after: ~\n"]) {
      expect((await loadPull(`pull:\n  interval: ${text}\n${given}`)).failingAfterMs).toBe(ms);
    }
  },
);

test("failingAfterMs takes what is given, whatever the interval is", () => {
  fc.assert(
    fc.property(fc.nat(7 * DAY_MS), fc.nat(DAY_MS), (givenMs, intervalMs) => {
      expect(failingAfterMs(givenMs, intervalMs)).toBe(givenMs);
    }),
  );
});

test("failingAfterMs gives the longer of 15 minutes and three intervals where nothing is given", () => {
  fc.assert(
    fc.property(fc.nat(DAY_MS), (intervalMs) => {
      const ms = failingAfterMs(undefined, intervalMs);
      const both = [15 * MINUTE_MS, 3 * intervalMs];
      expect(both).toContain(ms);
      for (const either of both) expect(ms).toBeGreaterThanOrEqual(either);
    }),
  );
});

function file(givenSeconds: number, intervalSeconds: number): string {
  return `pull:\n  interval: ${intervalSeconds}s\n  failing_after: ${durationText(givenSeconds * 1000)}\n`;
}

const intervalSeconds = fc.integer({ min: 1, max: 86_400 });

test("loadConfig takes every failing_after from 1m to 7d, whatever the interval is", async () => {
  const given = fc.oneof(fc.integer({ min: 60, max: 604_800 }), fc.constantFrom(60, 604_800));
  await fc.assert(
    fc.asyncProperty(given, intervalSeconds, async (seconds, interval) => {
      expect((await loadPull(file(seconds, interval))).failingAfterMs).toBe(seconds * 1000);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["at least 1m (a table is pulled once a minute at most)", 0, 59],
  ["at most 7d", 604_801, 9_000_000],
])("loadConfig reports every failing_after that is not %s", async (bound, min, max) => {
  const given = fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  await fc.assert(
    fc.asyncProperty(given, intervalSeconds, async (seconds, interval) => {
      const error: unknown = await loadPull(file(seconds, interval)).catch((reason: unknown) => reason);
      expect(configProblems(error).map(problemLine)).toEqual([
        `matano.config.yml:3:18: pull.failing_after must be ${bound}, got "${durationText(seconds * 1000)}"`,
      ]);
    }),
    { numRuns: 20 },
  );
});
