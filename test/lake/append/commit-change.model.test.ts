import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import { DuolakeError } from "../../../src/core/errors.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { currentSnapshot } from "../../../src/lake/spec/metadata.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import { chaotic } from "../support/chaotic-store.ts";
import { checkHistory } from "../support/check-history.ts";
import { compactOnce } from "../support/compactor.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

const EVENT_COUNT = 12;

/** Appends what comes after the cursor until every event is in, starting anew whenever another was first. */
async function appender(tools: CommitTools, { name, batch }: { name: string; batch: number }): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const base = (await tools.catalog.load("t")) as Loaded;
    const from = Number(base.metadata.properties[CURSOR]);
    if (from >= EVENT_COUNT) return;
    const to = Math.min(EVENT_COUNT, from + batch);
    const events = Array.from({ length: to - from }, (_, index) => `e${from + index + 1}`);
    const file = fakeFile(`${name}.${round}.${events.join(".")}`);
    try {
      await commitChange(tools, {
        base,
        change: move(String(from), String(to), [file]),
        signal: undefined,
      });
    } catch (error) {
      const { code } = error as DuolakeError;
      if (code !== "cursor_moved" && code !== "lake_commit_conflict") throw error;
    }
  }
  throw new Error("Cannot finish: too many rounds");
}

test("commits never lose or repeat an event, however appenders and compactors meet and answers are lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        delays: fc.array(fc.nat(6), { minLength: 5, maxLength: 40 }),
        losses: fc
          .array(fc.constantFrom("no", "no", "no", "before", "after"), { minLength: 1, maxLength: 12 })
          .filter((losses) => losses.includes("no")),
        batches: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
        compactions: fc.nat(6),
        mergeAt: fc.constantFrom("2", "3", "100"),
      }),
      async ({ delays, losses, batches, compactions, mergeAt }) => {
        const store = memoryStore();
        await memoryTable(memoryTools(store), { "commit.manifest.min-count-to-merge": mergeAt });
        const tools = memoryTools(chaotic(store, { delays, losses }));
        const compactor = async (): Promise<void> => {
          for (let i = 0; i < compactions; i += 1) await compactOnce(tools, "t");
        };
        await Promise.all([
          ...batches.map((batch, index) => appender(tools, { name: `w${index}`, batch })),
          compactor(),
        ]);
        const table = (await memoryTools(store).catalog.load("t")) as Loaded;
        const planned = await planFiles(
          { store, cache: planCache() },
          { metadata: table.metadata, name: "t", fromUs: undefined },
        );
        const events = planned
          .flatMap((file) => file.path.match(/e\d+/g) ?? [])
          .map((e) => Number(e.slice(1)));
        expect(events.sort((a, b) => a - b)).toEqual(Array.from({ length: EVENT_COUNT }, (_, i) => i + 1));
        checkHistory(table);
        expect(Number(currentSnapshot(table.metadata)?.summary["total-data-files"])).toBe(planned.length);
      },
    ),
    { numRuns: 80 },
  );
});
