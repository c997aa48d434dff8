import { describe, expect, test } from "vitest";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import { takeOut } from "../../../src/lake/append/take-out.ts";
import { currentManifests } from "../../../src/lake/read-manifests.ts";
import { DELETED, readManifest } from "../../../src/lake/spec/manifest.ts";
import { entryOf, type StagedDataFile } from "../../../src/lake/staged-file.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";

function named(name: string): StagedDataFile {
  return fakeFile(name) as StagedDataFile;
}

describe("takeOut", () => {
  test("keeps the statistics of files that stay, and leaves out those of manifests of which nothing stays", async () => {
    const tools = memoryTools();
    const commits = [[named("a"), named("b")], [named("c")], [named("d")]];
    let base = await memoryTable(tools);
    for (const [index, files] of commits.entries()) {
      const change = move(String(index), String(index + 1), files);
      base = await commitChange(tools, { base, change, signal: undefined });
    }
    const { manifests } = await takeOut(tools.store, {
      base,
      manifests: await currentManifests(tools.store, base.metadata),
      paths: new Set(["b", "c", "d"].map((name) => named(name).path)),
      snapshotId: 77,
      sequenceNumber: 9,
    });
    const bounds = new Map<string, unknown>();
    for (const file of manifests) {
      for (const { status, data_file } of readManifest(await tools.store.read(file.manifest_path), file)) {
        bounds.set(`${data_file.file_path}${status === DELETED ? " deleted" : ""}`, data_file.lower_bounds);
      }
    }
    const known = entryOf(named("a")).lower_bounds;
    expect(known?.size).toBe(1);
    expect(Object.fromEntries(bounds)).toEqual({
      [named("a").path]: known,
      // It shares a manifest with one that stays, so it was read with everything.
      [`${named("b").path} deleted`]: known,
      [`${named("c").path} deleted`]: null,
      [`${named("d").path} deleted`]: null,
    });
  });
});
