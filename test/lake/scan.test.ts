import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitChange } from "../../src/lake/append/commit-change.ts";
import type { CommitTools } from "../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../src/lake/catalog/catalog.ts";
import { currentManifests } from "../../src/lake/read-manifests.ts";
import { planCache, planFiles } from "../../src/lake/scan.ts";
import { currentSnapshot } from "../../src/lake/spec/metadata.ts";
import { writeManifestList } from "../../src/lake/spec/manifest-list.ts";
import { memoryStore } from "../../src/lake/store/memory.ts";
import { fakeFile, memoryTable, memoryTools, move } from "./support/memory-table.ts";

const DAY_US = 86_400_000_000;

async function tableWith(tools: CommitTools, times: readonly number[][]): Promise<Loaded> {
  let table = await memoryTable(tools);
  for (const [index, batch] of times.entries()) {
    const files = batch.map((us, at) => fakeFile(`${index}-${at}`, us));
    const change = move(String(index), String(index + 1), files);
    table = await commitChange(tools, { base: table, change, signal: undefined });
  }
  return table;
}

describe("planFiles", () => {
  test("planFiles never leaves out a file that may hold a row of the range", async () => {
    const us = fc.integer({ min: -3 * DAY_US, max: 3 * DAY_US });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(us, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        us,
        async (times, fromUs) => {
          const tools = memoryTools();
          const { metadata } = await tableWith(tools, times);
          const plan = await planFiles(
            { store: tools.store, cache: planCache() },
            { metadata, name: "t", fromUs },
          );
          expect(plan).toHaveLength(times.flat().filter((time) => time >= fromUs).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("planFiles gives just the files whose bounds meet the range, both ends included", async () => {
    const us = fc.integer({ min: -3 * DAY_US, max: 3 * DAY_US });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(us, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        us,
        us,
        async (times, a, b) => {
          const [fromUs, toUs] = [Math.min(a, b), Math.max(a, b)];
          const tools = memoryTools();
          const { metadata } = await tableWith(tools, times);
          const plan = await planFiles(
            { store: tools.store, cache: planCache() },
            { metadata, name: "t", fromUs, toUs },
          );
          expect(plan).toHaveLength(times.flat().filter((time) => time >= fromUs && time <= toUs).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("planFiles does not read manifests of days before the range, nor one twice", async () => {
    const reads: string[] = [];
    const store = memoryStore();
    const tools = memoryTools({
      ...store,
      read: (path) => {
        if (path.endsWith("-m0.avro")) reads.push(path);
        return store.read(path);
      },
    });
    const { metadata } = await tableWith(tools, [[0], [DAY_US], [5 * DAY_US]]);
    reads.length = 0;
    const cache = planCache();
    const plan = (fromUs: number): Promise<readonly unknown[]> =>
      planFiles({ store: tools.store, cache }, { metadata, name: "t", fromUs });
    expect(await plan(4 * DAY_US)).toHaveLength(1);
    expect(reads).toHaveLength(1);
    expect(await plan(0)).toHaveLength(3);
    expect(await plan(0)).toHaveLength(3);
    expect(reads).toHaveLength(3);
  });

  test("planFiles refuses a table with row-level deletes of another engine", async () => {
    const tools = memoryTools();
    const { metadata } = await tableWith(tools, [[0]]);
    const snapshot = currentSnapshot(metadata);
    const manifests = await currentManifests(tools.store, metadata);
    const bytes = writeManifestList({
      snapshotId: 5,
      parentSnapshotId: undefined,
      sequenceNumber: 1,
      manifests: [...manifests, ...manifests.map((file) => Object.assign({}, file, { content: 1 }))],
    });
    await tools.store.replace(snapshot?.["manifest-list"] ?? "", bytes);
    await expect(
      planFiles({ store: tools.store, cache: planCache() }, { metadata, name: "t", fromUs: undefined }),
    ).rejects.toThrow(expect.objectContaining({ code: "lake_format_unsupported" }));
  });
});

describe("planCache", () => {
  test("planCache forgets what was used longest ago", () => {
    const cache = planCache(3);
    const file = {
      ...fakeFile("p"),
      content: 0,
      format: "PARQUET",
      sequenceNumber: 1,
    };
    cache.set("a", [file]);
    cache.set("b", [file, file]);
    expect(cache.get("a")).toHaveLength(1);
    cache.set("c", [file]);
    expect([cache.get("a"), cache.get("b"), cache.get("c")].map((files) => files?.length)).toEqual([
      1,
      undefined,
      1,
    ]);
  });
});
