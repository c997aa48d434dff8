import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { DuolakeError } from "../../../src/core/errors.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import type { DataFile, StagedFile, TableChange } from "../../../src/lake/lake.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { currentSnapshot } from "../../../src/lake/spec/metadata.ts";
import { isDiscardable } from "../../../src/lake/staged-file.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { chaotic } from "../support/chaotic-store.ts";
import { checkHistory } from "../support/check-history.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

const EVENT_COUNT = 10;

/** The rivals of one run. Files are named after the events in them, and are there until they are discarded. */
interface Run {
  readonly store: Store;
  readonly tools: CommitTools;
  readonly refusals: string[];
}

function plan({ store }: Run, { metadata }: Loaded): Promise<readonly DataFile[]> {
  return planFiles({ store, cache: planCache() }, { metadata, name: "t", fromUs: undefined });
}

function eventsOf(files: readonly DataFile[]): string[] {
  return files.flatMap((file) => file.path.match(/e\d+/g) ?? []);
}

/** Commits as every caller does: where it fails, what was staged is discarded. */
async function commit(run: Run, base: Loaded, change: TableChange): Promise<void> {
  const files = change.files ?? [];
  for (const { path } of files) await run.store.writeNew(path, new Uint8Array(1));
  try {
    await commitChange(run.tools, { base, change, signal: undefined });
  } catch (error) {
    const { code } = error as DuolakeError;
    if (code !== "cursor_moved" && code !== "files_moved" && code !== "lake_commit_conflict") throw error;
    run.refusals.push(code);
    for (const file of files.filter(isDiscardable)) await run.store.remove(file.path);
  }
}

async function appender(run: Run, { name, batch }: { name: string; batch: number }): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const base = (await run.tools.catalog.load("t")) as Loaded;
    const from = Number(base.metadata.properties[CURSOR]);
    if (from >= EVENT_COUNT) return;
    const to = Math.min(EVENT_COUNT, from + batch);
    const files = Array.from({ length: to - from }, (_, i) =>
      fakeFile(`${name}.${round}.${i}.e${from + i + 1}`, (from % 3) * 86_400_000_000),
    );
    await commit(run, base, move(String(from), String(to), files));
  }
  throw new Error("Cannot finish: too many rounds");
}

/** Takes some live files, as the picks say, and writes their events anew: one for one, or all in one. */
async function replacer(run: Run, options: { name: string; picks: readonly number[] }): Promise<void> {
  for (const [round, pick] of options.picks.entries()) {
    const base = (await run.tools.catalog.load("t")) as Loaded;
    const live = await plan(run, base);
    const removed = live.filter((_, index) => (pick >> (index % 4)) % 2 === 1);
    if (removed.length === 0) continue;
    const label = `${options.name}.${round}`;
    const isMoved = pick < 8;
    const files: readonly StagedFile[] = isMoved
      ? removed.map((file, index) => fakeFile(`${label}.${index}.${eventsOf([file]).join(".")}`))
      : [fakeFile(`${label}.${eventsOf(removed).join(".")}`)];
    const operation = isMoved ? "replace" : "overwrite";
    await commit(run, base, { files, removed, operation, setProperties: {} });
  }
}

test("appends and replaces that meet, also when answers are lost, leave every event in the table once, in files that exist", async () => {
  const refusals: string[] = [];
  const pick = fc.integer({ min: 1, max: 15 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        delays: fc.array(fc.nat(6), { minLength: 5, maxLength: 40 }),
        losses: fc
          .array(fc.constantFrom("no", "no", "no", "before", "after"), { minLength: 1, maxLength: 12 })
          .filter((losses) => losses.includes("no")),
        batches: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
        replacers: fc.array(fc.array(pick, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 2 }),
        mergeAt: fc.constantFrom("2", "3", "100"),
      }),
      async ({ delays, losses, batches, replacers, mergeAt }) => {
        const store = memoryStore();
        await memoryTable(memoryTools(store), { "commit.manifest.min-count-to-merge": mergeAt });
        const run: Run = { store, tools: memoryTools(chaotic(store, { delays, losses })), refusals };
        await Promise.all([
          ...batches.map((batch, index) => appender(run, { name: `w${index}`, batch })),
          ...replacers.map((picks, index) => replacer(run, { name: `r${index}`, picks })),
        ]);
        const table = (await memoryTools(store).catalog.load("t")) as Loaded;
        const planned = await plan(run, table);
        const events = eventsOf(planned).map((event) => Number(event.slice(1)));
        expect(events.sort((a, b) => a - b)).toEqual(Array.from({ length: EVENT_COUNT }, (_, i) => i + 1));
        for (const { path } of planned) expect(await store.exists(path)).toBe(true);
        checkHistory(table);
        const { summary = {} } = currentSnapshot(table.metadata) ?? {};
        expect(Number(summary["total-data-files"])).toBe(planned.length);
        expect(Number(summary["total-records"])).toBe(planned.reduce((sum, file) => sum + file.rowCount, 0));
      },
    ),
    { numRuns: 60 },
  );
  // They did meet.
  expect(refusals).toContain("files_moved");
  expect(refusals).toContain("cursor_moved");
});
