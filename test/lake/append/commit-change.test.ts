import { describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import type { StagedFile, TableChange } from "../../../src/lake/lake.ts";
import { currentManifests } from "../../../src/lake/read-manifests.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { readManifest } from "../../../src/lake/spec/manifest.ts";
import { currentSnapshot } from "../../../src/lake/spec/metadata.ts";
import { memoryStore, systemError } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { UnknownOutcome } from "../../../src/lake/store/store.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

function commit(tools: CommitTools, base: Loaded, change: TableChange): Promise<Loaded> {
  return commitChange(tools, { base, change, signal: undefined });
}

async function paths(tools: CommitTools, { metadata }: Loaded): Promise<string[]> {
  const planned = await planFiles(
    { store: tools.store, cache: planCache() },
    { metadata, name: "t", fromUs: undefined },
  );
  return planned.map((file) => file.path.replace(/^.*\/(.*)\.parquet$/, "$1")).sort();
}

async function avroFiles(store: Store): Promise<string[]> {
  return (await store.list("/w/d/t/metadata"))
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".avro"));
}

/** A store that fails in some calls; `arm` starts it. */
function faulty(wrap: (store: Store, armed: () => boolean) => Partial<Store>): {
  tools: CommitTools;
  arm: (on: boolean) => void;
} {
  const store = memoryStore();
  let on = false;
  return {
    tools: memoryTools({ ...store, ...wrap(store, () => on) }),
    arm: (value) => {
      on = value;
    },
  };
}

describe("commitChange", () => {
  test("commitChange adds files and moves the cursor in one snapshot, with a copy in its summary", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const change = { ...move("0", "1", [fakeFile("a"), fakeFile("b")]), summary: { "app.run": "7" } };
    const table = await commit(tools, base, change);
    const snapshot = currentSnapshot(table.metadata);
    expect(table.metadata.properties[CURSOR]).toBe("1");
    expect(snapshot?.summary).toMatchObject({
      operation: "append",
      [CURSOR]: "1",
      "app.run": "7",
      "added-data-files": "2",
      "total-records": "20",
    });
    expect(await paths(tools, table)).toEqual(["a", "b"]);
    expect(table.metadata["last-sequence-number"]).toBe(1);
  });

  test("commitChange keeps other properties out of the summaries, which every metadata file repeats", async () => {
    const tools = memoryTools();
    const change = { ...move("0", "1", [fakeFile("a")]), setProperties: { notes: "long" } };
    const { metadata } = await commit(tools, await memoryTable(tools), change);
    expect(metadata.properties["notes"]).toBe("long");
    expect(currentSnapshot(metadata)?.summary).not.toHaveProperty("notes");
  });

  test("commitChange writes null sequence numbers and the exact length of the manifest", async () => {
    const tools = memoryTools();
    const table = await commit(tools, await memoryTable(tools), move("0", "1", [fakeFile("a")]));
    const [manifest] = await currentManifests(tools.store, table.metadata);
    if (manifest === undefined) throw new Error("Cannot test without a manifest");
    const data = await tools.store.read(manifest.manifest_path);
    expect(manifest.manifest_length).toBe(data.length);
    const [raw] = readManifest(data, { ...manifest, sequence_number: -7 });
    expect(raw).toMatchObject({ status: 1, sequence_number: -7, file_sequence_number: -7 });
    expect(manifest).toMatchObject({ sequence_number: 1, min_sequence_number: 1, added_files_count: 1 });
  });

  test("commitChange without files makes no snapshot", async () => {
    const tools = memoryTools();
    const table = await commit(tools, await memoryTable(tools), {
      setProperties: { more: "x" },
      compareAndSet: { key: CURSOR, from: "0", to: "5" },
    });
    expect(table.metadata.snapshots).toEqual([]);
    expect(table.metadata.properties).toMatchObject({ [CURSOR]: "5", more: "x" });
  });

  test("commitChange starts a property that is not there yet", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const change = { setProperties: {}, compareAndSet: { key: "fresh", from: undefined, to: "1" } };
    const table = await commit(tools, base, change);
    expect(table.metadata.properties["fresh"]).toBe("1");
    await expect(
      commit(tools, table, { ...change, compareAndSet: { key: "fresh", from: undefined, to: "2" } }),
    ).rejects.toThrow(expect.objectContaining({ code: "cursor_moved" }));
  });
});

describe("commitChange on a base that moved", () => {
  test("commitChange rebases when the cursor is still where it was", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const other = { setProperties: {}, compareAndSet: { key: "other", from: undefined, to: "1" } };
    await commit(tools, base, { ...other, files: [fakeFile("theirs")] });
    const table = await commit(tools, base, move("0", "1", [fakeFile("ours")]));
    expect(await paths(tools, table)).toEqual(["ours", "theirs"]);
    expect(table.metadata.snapshots.map((snapshot) => snapshot["sequence-number"])).toEqual([1, 2]);
    expect(currentSnapshot(table.metadata)?.["parent-snapshot-id"]).toBe(
      table.metadata.snapshots[0]?.["snapshot-id"],
    );
    // Two manifests, two lists: the list of the attempt that lost is gone.
    expect(await avroFiles(tools.store)).toHaveLength(4);
  });

  test("commitChange gives cursor_moved, changes nothing and leaves the files to the caller", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const theirs = await commit(tools, base, move("0", "9", [fakeFile("theirs")]));
    const file = fakeFile("ours");
    await tools.store.writeNew(file.path, new Uint8Array(1));
    await expect(commit(tools, base, move("0", "1", [file]))).rejects.toThrow(
      expect.objectContaining({ code: "cursor_moved", retryable: true }),
    );
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe(theirs.metadataLocation);
    expect(await avroFiles(tools.store)).toHaveLength(2);
    expect(await tools.store.exists(file.path)).toBe(true);
  });

  test("commitChange is done when somebody made the same change, and drops its own copy of the rows", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const theirs = await commit(tools, base, move("0", "1", [fakeFile("theirs")]));
    const file = fakeFile("ours");
    await tools.store.writeNew(file.path, new Uint8Array(1));
    const table = await commit(tools, base, move("0", "1", [file]));
    expect(table.metadataLocation).toBe(theirs.metadataLocation);
    expect(await paths(tools, table)).toEqual(["theirs"]);
    expect(await tools.store.exists(file.path)).toBe(false);
    expect(await avroFiles(tools.store)).toHaveLength(2);
  });

  test("commitChange gives up after a bounded number of conflicts", async () => {
    const { tools, arm } = faulty((store, armed) => ({
      putIfAbsent: (path, data) => (armed() ? Promise.resolve(false) : store.putIfAbsent(path, data)),
    }));
    const base = await memoryTable(tools);
    arm(true);
    await expect(commit(tools, base, move("0", "1", [fakeFile("a")]))).rejects.toThrow(
      expect.objectContaining({ code: "lake_commit_conflict", retryable: true }),
    );
    expect(await avroFiles(tools.store)).toEqual([]);
  });
});

describe("commitChange after a lost answer", () => {
  const lossy = (landed: boolean): ReturnType<typeof faulty> =>
    faulty((store, armed) => ({
      putIfAbsent: async (path, data) => {
        if (!armed()) return store.putIfAbsent(path, data);
        if (landed) await store.putIfAbsent(path, data);
        throw new UnknownOutcome(path, new Error("timeout"));
      },
    }));

  test("commitChange finds its own snapshot and is done, once", async () => {
    const { tools, arm } = lossy(true);
    const base = await memoryTable(tools);
    arm(true);
    const table = await commit(tools, base, move("0", "1", [fakeFile("a")]));
    expect(table.metadata.snapshots).toHaveLength(1);
    expect(await paths(tools, table)).toEqual(["a"]);
  });

  test("commitChange finds its own snapshot also when from and to are the same", async () => {
    const { tools, arm } = lossy(true);
    const base = await memoryTable(tools);
    arm(true);
    const table = await commit(tools, base, move("0", "0", [fakeFile("a")]));
    expect(await paths(tools, table)).toEqual(["a"]);
  });

  test("commitChange tries again when it did not land, and deletes nothing of the unknown attempt", async () => {
    const { tools, arm } = lossy(false);
    const base = await memoryTable(tools);
    arm(true);
    const change = move("0", "1", [fakeFile("a")]);
    await expect(commit(tools, base, change)).rejects.toThrow(
      expect.objectContaining({ code: "lake_commit_conflict" }),
    );
    // One manifest and every attempt's list.
    expect((await avroFiles(tools.store)).length).toBeGreaterThan(10);
    arm(false);
    const table = await commit(tools, base, change);
    expect(await paths(tools, table)).toEqual(["a"]);
  });

  test("commitChange without files is done when the answer was lost", async () => {
    const { tools, arm } = lossy(true);
    const base = await memoryTable(tools);
    arm(true);
    const table = await commit(tools, base, move("0", "1"));
    expect(table.metadata.properties[CURSOR]).toBe("1");
  });
});

describe("commitChange with a failing store", () => {
  test.each(["ENOSPC", "EACCES", "EIO"])(
    "commitChange removes what it wrote when the disk says %s",
    async (code) => {
      const { tools, arm } = faulty((store, armed) => ({
        writeNew: (path, data) =>
          armed() && path.includes("/snap-")
            ? Promise.reject(systemError(code, path))
            : store.writeNew(path, data),
      }));
      const base = await memoryTable(tools);
      arm(true);
      await expect(commit(tools, base, move("0", "1", [fakeFile("a")]))).rejects.toMatchObject({ code });
      expect(await avroFiles(tools.store)).toEqual([]);
      arm(false);
      const table = await commit(tools, base, move("0", "1", [fakeFile("a")]));
      expect(await paths(tools, table)).toEqual(["a"]);
    },
  );

  test("commitChange refuses a table whose manifest list is missing or damaged", async () => {
    const tools = memoryTools();
    const table = await commit(tools, await memoryTable(tools), move("0", "1", [fakeFile("a")]));
    const list = currentSnapshot(table.metadata)?.["manifest-list"] ?? "";
    await tools.store.replace(list, new TextEncoder().encode("rubbish"));
    const refusal = (reason: string): unknown =>
      expect.objectContaining({
        code: "lake_metadata_invalid",
        message: expect.stringMatching(new RegExp(`${list}.*${reason}`)),
      });
    await expect(commit(tools, table, move("1", "2", [fakeFile("b")]))).rejects.toThrow(
      refusal("Avro|early"),
    );
    await tools.store.remove(list);
    await expect(commit(tools, table, move("1", "2", [fakeFile("b")]))).rejects.toThrow(refusal("missing"));
  });

  test("commitChange stops between attempts when asked to", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    await expect(
      commitChange(tools, { base, change: move("0", "1"), signal: AbortSignal.abort() }),
    ).rejects.toThrow(expect.objectContaining({ code: "stopped" }));
  });

  test("commitChange refuses files that nobody staged", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const forged = { path: "/x", rowCount: 1, sizeBytes: 1, staged: true } as unknown as StagedFile;
    await expect(commit(tools, base, move("0", "1", [forged]))).rejects.toThrow(TypeError);
  });
});
