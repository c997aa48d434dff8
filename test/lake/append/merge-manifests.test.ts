import { describe, expect, test } from "vitest";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { currentManifests } from "../../../src/lake/read-manifests.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { EXISTING, readManifest } from "../../../src/lake/spec/manifest.ts";
import { hasLiveFiles } from "../../../src/lake/spec/manifest-list.ts";
import { compactOnce } from "../support/compactor.ts";
import { independentAvro } from "../support/independent-avro.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

async function appends(tools: CommitTools, options: { count: number; from: Loaded }): Promise<Loaded> {
  let table = options.from;
  for (let i = 0; i < options.count; i += 1) {
    const at = Number(table.metadata.properties[CURSOR]);
    const change = move(String(at), String(at + 1), [fakeFile(`f${at}`, at * 86_400_000_000)]);
    table = await commitChange(tools, { base: table, change, signal: undefined });
  }
  return table;
}

describe("mergeManifests", () => {
  test("mergeManifests keeps the list short and every live file, with its numbers", async () => {
    const tools = memoryTools();
    const from = await memoryTable(tools, { "commit.manifest.min-count-to-merge": "5" });
    const table = await appends(tools, { count: 23, from });
    const manifests = await currentManifests(tools.store, table.metadata);
    expect(manifests.length).toBeLessThanOrEqual(6);
    for (const file of manifests) {
      const bytes = await tools.store.read(file.manifest_path);
      expect(file.manifest_length).toBe(bytes.length);
      expect(independentAvro(bytes).records).toHaveLength(file.added_files_count + file.existing_files_count);
      for (const entry of readManifest(bytes, file)) {
        const number = Number(/f(\d+)\.parquet/.exec(entry.data_file.file_path)?.[1]) + 1;
        expect(entry.sequence_number).toBe(number);
        expect(entry.file_sequence_number).toBe(number);
        expect(entry.snapshot_id).toBe(table.metadata.snapshots[number - 1]?.["snapshot-id"]);
        expect(file.min_sequence_number).toBeLessThanOrEqual(number);
        expect(file.sequence_number > number).toBe(entry.status === EXISTING);
      }
    }
    const cache = planCache();
    const { metadata } = table;
    const all = await planFiles({ store: tools.store, cache }, { metadata, name: "t", fromUs: undefined });
    expect(new Set(all.map((file) => file.path)).size).toBe(23);
    const late = await planFiles(
      { store: tools.store, cache },
      { metadata, name: "t", fromUs: 20 * 86_400_000_000 },
    );
    expect(late).toHaveLength(3);
  });

  test("mergeManifests leaves a manifest alone that is large enough", async () => {
    const tools = memoryTools();
    const from = await memoryTable(tools, { "commit.manifest.min-count-to-merge": "3" });
    const files = Array.from({ length: 300 }, (_, index) => fakeFile(`large${index}`));
    const large = await commitChange(tools, { base: from, change: move("0", "1", files), signal: undefined });
    const [manifest] = await currentManifests(tools.store, large.metadata);
    const table = await appends(tools, { count: 9, from: large });
    const paths = (await currentManifests(tools.store, table.metadata)).map((file) => file.manifest_path);
    expect(paths).toContain(manifest?.manifest_path);
    expect(paths.length).toBeLessThan(6);
  });

  test("mergeManifests can be switched off by the table", async () => {
    const tools = memoryTools();
    const from = await memoryTable(tools, {
      "commit.manifest.min-count-to-merge": "3",
      "commit.manifest-merge.enabled": "false",
    });
    const table = await appends(tools, { count: 8, from });
    expect(await currentManifests(tools.store, table.metadata)).toHaveLength(8);
  });

  test("commitChange drops a manifest without live files in the next snapshot", async () => {
    const tools = memoryTools();
    const first = await appends(tools, { count: 3, from: await memoryTable(tools) });
    expect(await compactOnce(tools, "t")).toBe("done");
    expect(await compactOnce(tools, "t")).toBe("done");
    const from = (await tools.catalog.load("t")) ?? first;
    const table = await appends(tools, { count: 1, from });
    const manifests = await currentManifests(tools.store, table.metadata);
    expect(manifests.every(hasLiveFiles)).toBe(true);
    expect(manifests).toHaveLength(2);
  });
});
