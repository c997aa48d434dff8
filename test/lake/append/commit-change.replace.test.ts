import { describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import type { DataFile, StagedFile, TableChange } from "../../../src/lake/lake.ts";
import { currentManifests } from "../../../src/lake/read-manifests.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import type { ManifestEntry } from "../../../src/lake/spec/manifest.ts";
import { ADDED, DELETED, EXISTING, readManifest } from "../../../src/lake/spec/manifest.ts";
import type { ManifestFile } from "../../../src/lake/spec/manifest-list.ts";
import { writeManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { currentSnapshot } from "../../../src/lake/spec/metadata.ts";
import { intBytes } from "../../../src/lake/spec/values.ts";
import { isDiscardable } from "../../../src/lake/staged-file.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { UnknownOutcome } from "../../../src/lake/store/store.ts";
import { compactOnce } from "../support/compactor.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

const DAY_US = 86_400_000_000;

function commit(tools: CommitTools, base: Loaded, change: TableChange): Promise<Loaded> {
  return commitChange(tools, { base, change, signal: undefined });
}

function filesOf({ store }: CommitTools, { metadata }: Loaded): Promise<readonly DataFile[]> {
  return planFiles({ store, cache: planCache() }, { metadata, name: "t", fromUs: undefined });
}

function nameOf(path: string): string {
  return path.replace(/^.*\/(.*)\.parquet$/, "$1");
}

async function names(tools: CommitTools, table: Loaded): Promise<string[]> {
  return (await filesOf(tools, table)).map(({ path }) => nameOf(path)).sort();
}

async function avroFiles({ store }: CommitTools): Promise<string[]> {
  const found = (await store.list("/w/d/t/metadata")).map(({ path }) => path);
  return found.filter((path) => path.endsWith(".avro")).sort();
}

/** A table with one commit for each list of files. */
async function tableOf(tools: CommitTools, commits: readonly (readonly StagedFile[])[]): Promise<Loaded> {
  let table = await memoryTable(tools);
  for (const [index, files] of commits.entries()) {
    table = await commit(tools, table, move(String(index), String(index + 1), files));
  }
  return table;
}

/** Puts new files in the place of the named ones. */
async function swap(
  tools: CommitTools,
  table: Loaded,
  change: {
    readonly out: readonly string[];
    readonly in: readonly StagedFile[];
    readonly operation?: "replace" | "overwrite";
  },
): Promise<Loaded> {
  const live = await filesOf(tools, table);
  const removed = live.filter(({ path }) => change.out.includes(nameOf(path)));
  expect(removed).toHaveLength(change.out.length);
  const { operation = "replace" } = change;
  return commit(tools, table, { files: change.in, removed, operation, setProperties: {} });
}

async function entriesOf(
  { store }: CommitTools,
  { metadata }: Loaded,
): Promise<{ readonly file: ManifestFile; readonly entries: readonly ManifestEntry[] }[]> {
  const manifests = await currentManifests(store, metadata);
  return Promise.all(
    manifests.map(async (file) => ({
      file,
      entries: readManifest(await store.read(file.manifest_path), file),
    })),
  );
}

/** A store whose next `putIfAbsent` calls behave as told when they are armed. */
function lossy(landed: boolean): { tools: CommitTools; arm: (on: boolean) => void } {
  const store = memoryStore();
  let on = false;
  const putIfAbsent: Store["putIfAbsent"] = async (path, data) => {
    if (!on) return store.putIfAbsent(path, data);
    if (landed) await store.putIfAbsent(path, data);
    throw new UnknownOutcome(path, new Error("timeout"));
  };
  return {
    tools: memoryTools({ ...store, putIfAbsent }),
    arm: (value) => {
      on = value;
    },
  };
}

describe("commitChange that takes files out", () => {
  test("commitChange writes the manifest that held the file anew: it as DELETED, its neighbours as EXISTING, numbers kept", async () => {
    const tools = memoryTools();
    const table = await tableOf(tools, [
      [fakeFile("a"), fakeFile("b", 2 * DAY_US), fakeFile("c", 5 * DAY_US)],
      [fakeFile("d")],
    ]);
    const untouched = (await currentManifests(tools.store, table.metadata)).find(
      ({ added_files_count }) => added_files_count === 1,
    );
    const [first, second] = table.metadata.snapshots.map((snapshot) => snapshot["snapshot-id"]);
    const after = await swap(tools, table, { out: ["c"], in: [fakeFile("c2", 5 * DAY_US)] });
    const snapshot = currentSnapshot(after.metadata);
    const id = snapshot?.["snapshot-id"];
    expect(await names(tools, after)).toEqual(["a", "b", "c2", "d"]);
    const manifests = await entriesOf(tools, after);
    const lines = manifests.flatMap(({ entries }) =>
      entries.map((entry) => {
        const { status, snapshot_id, sequence_number, file_sequence_number } = entry;
        const numbers = [status, snapshot_id, sequence_number, file_sequence_number];
        return [nameOf(entry.data_file.file_path), numbers] as const;
      }),
    );
    expect(Object.fromEntries(lines)).toEqual({
      a: [EXISTING, first, 1, 1],
      b: [EXISTING, first, 1, 1],
      c: [DELETED, id, 1, 1],
      c2: [ADDED, id, 3, 3],
      d: [ADDED, second, 2, 2],
    });
    expect(manifests.map(({ file }) => file)).toContainEqual(untouched);
    const rewritten = manifests.find(({ file }) => file.deleted_files_count > 0)?.file;
    expect(rewritten).toMatchObject({
      sequence_number: 3,
      min_sequence_number: 1,
      added_snapshot_id: id,
      added_files_count: 0,
      added_rows_count: 0,
      existing_files_count: 2,
      existing_rows_count: 20,
      deleted_files_count: 1,
      deleted_rows_count: 10,
      partitions: [{ contains_null: false, lower_bound: intBytes(0), upper_bound: intBytes(5) }],
    });
    const bytes = await tools.store.read(rewritten?.manifest_path ?? "");
    expect(rewritten?.manifest_length).toBe(bytes.length);
    expect(snapshot?.summary).toMatchObject({
      operation: "replace",
      "added-data-files": "1",
      "added-records": "10",
      "deleted-data-files": "1",
      "deleted-records": "10",
      "removed-files-size": "1000",
      "changed-partition-count": "1",
      "total-data-files": "4",
      "total-records": "40",
      "total-files-size": "4000",
    });
    expect(after.metadata.properties).toEqual(table.metadata.properties);
  });

  test("commitChange takes files of several manifests out; a manifest without live files goes with the next snapshot", async () => {
    const tools = memoryTools();
    const table = await tableOf(tools, [[fakeFile("a"), fakeFile("b")], [fakeFile("c")], [fakeFile("d")]]);
    const merged = await swap(tools, table, {
      out: ["a", "b", "c"],
      in: [fakeFile("abc")],
      operation: "overwrite",
    });
    const emptied = (await currentManifests(tools.store, merged.metadata)).filter(
      (file) => file.added_files_count + file.existing_files_count === 0,
    );
    expect(emptied.map((file) => [file.deleted_files_count, file.min_sequence_number])).toEqual([
      // Both manifests that held them tell it in one.
      [3, 4],
    ]);
    const next = await commit(tools, merged, move("3", "4", [fakeFile("e")]));
    const left = await entriesOf(tools, next);
    expect(left.flatMap(({ entries }) => entries.map(({ status }) => status))).toEqual([ADDED, ADDED, ADDED]);
    expect(await names(tools, next)).toEqual(["abc", "d", "e"]);
  });

  test("commitChange keeps its deletions out of the merging of small manifests", async () => {
    const tools = memoryTools();
    const properties = { "commit.manifest.min-count-to-merge": "2" };
    let table = await memoryTable(tools, properties);
    for (let i = 0; i < 6; i += 1) {
      const files = [fakeFile(`x${i}`), fakeFile(`y${i}`)];
      table = await commit(tools, table, move(String(i), String(i + 1), files));
      table = await swap(tools, table, { out: [`x${i}`], in: [fakeFile(`z${i}`)] });
      const id = currentSnapshot(table.metadata)?.["snapshot-id"];
      const deleted = (await entriesOf(tools, table))
        .flatMap(({ entries }) => entries)
        .filter((entry) => entry.status === DELETED && entry.snapshot_id === id);
      expect(deleted.map(({ data_file }) => nameOf(data_file.file_path))).toEqual([`x${i}`]);
    }
    const ofEach = [0, 1, 2, 3, 4, 5].flatMap((i) => [`y${i}`, `z${i}`]).sort();
    expect(await names(tools, table)).toEqual(ofEach);
    expect((await currentManifests(tools.store, table.metadata)).length).toBeLessThan(5);
  });

  test("commitChange takes everything out and adds nothing", async () => {
    const tools = memoryTools();
    const table = await tableOf(tools, [[fakeFile("a")], [fakeFile("b")]]);
    const empty = await swap(tools, table, { out: ["a", "b"], in: [], operation: "overwrite" });
    expect(await names(tools, empty)).toEqual([]);
    expect(currentSnapshot(empty.metadata)?.summary).toMatchObject({
      "total-records": "0",
      "total-data-files": "0",
    });
    const next = await commit(tools, empty, move("2", "3", [fakeFile("c")]));
    expect(await names(tools, next)).toEqual(["c"]);
    expect(await currentManifests(tools.store, next.metadata)).toHaveLength(1);
  });

  test("commitChange replaces behind a fence too", async () => {
    const tools = memoryTools();
    const table = await tableOf(tools, [[fakeFile("a")]]);
    const removed = await filesOf(tools, table);
    const change = { ...move("1", "2", [fakeFile("a2")]), removed, operation: "replace" } as const;
    const after = await commit(tools, table, change);
    expect(after.metadata.properties[CURSOR]).toBe("2");
    expect(await names(tools, after)).toEqual(["a2"]);
    await expect(commit(tools, after, { ...change, files: [fakeFile("a3")] })).resolves.toBe(after);
  });
});

describe("commitChange that takes files out of a base that moved", () => {
  test("commitChange keeps what pullers added meanwhile, and their cursor", async () => {
    const tools = memoryTools();
    const base = await tableOf(tools, [[fakeFile("a"), fakeFile("b")]]);
    await commit(tools, base, move("1", "2", [fakeFile("theirs")]));
    const after = await swap(tools, base, { out: ["a"], in: [fakeFile("a2")] });
    expect(await names(tools, after)).toEqual(["a2", "b", "theirs"]);
    expect(after.metadata.properties[CURSOR]).toBe("2");
    expect(after.metadata.snapshots.map((snapshot) => snapshot["sequence-number"])).toEqual([1, 2, 3]);
  });

  test("an append on a base from before the replace lands after it, and nothing comes back", async () => {
    const tools = memoryTools();
    const base = await tableOf(tools, [[fakeFile("a")]]);
    await swap(tools, base, { out: ["a"], in: [fakeFile("a2")] });
    const after = await commit(tools, base, move("1", "2", [fakeFile("b")]));
    expect(await names(tools, after)).toEqual(["a2", "b"]);
  });

  test.each([
    [
      "replaced",
      (tools: CommitTools, base: Loaded) => swap(tools, base, { out: ["a"], in: [fakeFile("x")] }),
    ],
    ["compacted", (tools: CommitTools) => compactOnce(tools, "t")],
  ] as const)(
    "commitChange gives files_moved where another %s the file, changes nothing and leaves nothing",
    async (_how, other) => {
      const tools = memoryTools();
      const base = await tableOf(tools, [[fakeFile("a"), fakeFile("b")]]);
      const live = await filesOf(tools, base);
      await other(tools, base);
      const theirs = await tools.catalog.load("t");
      const before = await avroFiles(tools);
      const files = [fakeFile("ours")];
      const removed = live.filter(({ path }) => nameOf(path) === "a");
      await expect(
        commit(tools, base, { files, removed, operation: "replace", setProperties: {} }),
      ).rejects.toMatchObject({
        code: "files_moved",
        retryable: true,
        message: expect.stringMatching(/^Cannot replace files of table t: .* got .*\/a\.parquet$/),
      });
      expect((await tools.catalog.load("t"))?.metadataLocation).toBe(theirs?.metadataLocation);
      expect(await avroFiles(tools)).toEqual(before);
      expect(files.every(isDiscardable)).toBe(true);
    },
  );

  test("commitChange refuses to take out files that another engine's row-level deletes may belong to", async () => {
    const tools = memoryTools();
    const base = await tableOf(tools, [[fakeFile("a")]]);
    const removed = await filesOf(tools, base);
    const list = currentSnapshot(base.metadata)?.["manifest-list"] ?? "";
    const manifests = await currentManifests(tools.store, base.metadata);
    const deletes = manifests.map((file) => Object.assign({}, file, { content: 1 }));
    const bytes = writeManifestList({
      snapshotId: 5,
      parentSnapshotId: undefined,
      sequenceNumber: 1,
      manifests: [...manifests, ...deletes],
    });
    await tools.store.replace(list, bytes);
    const change = { files: [fakeFile("a2")], removed, operation: "replace", setProperties: {} } as const;
    await expect(commit(tools, base, change)).rejects.toMatchObject({
      code: "lake_format_unsupported",
      message: expect.stringContaining("row-level deletes"),
    });
  });

  test("commitChange leaves no manifest of an attempt that failed", async () => {
    const store = memoryStore();
    let on = false;
    const failing: Store = {
      ...store,
      writeNew: (path, data) =>
        on && path.includes("/snap-")
          ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }))
          : store.writeNew(path, data),
    };
    const tools = memoryTools(failing);
    const base = await tableOf(tools, [[fakeFile("a"), fakeFile("b")]]);
    const before = await avroFiles(tools);
    on = true;
    await expect(swap(tools, base, { out: ["a"], in: [fakeFile("a2")] })).rejects.toMatchObject({
      code: "ENOSPC",
    });
    expect(await avroFiles(tools)).toEqual(before);
  });
});

describe("commitChange that takes files out and loses the answer", () => {
  test("commitChange finds its own snapshot and is done, once", async () => {
    const { tools, arm } = lossy(true);
    const base = await tableOf(tools, [[fakeFile("a"), fakeFile("b")]]);
    arm(true);
    const after = await swap(tools, base, { out: ["a"], in: [fakeFile("a2")] });
    expect(await names(tools, after)).toEqual(["a2", "b"]);
    expect(after.metadata.snapshots).toHaveLength(2);
  });

  test("commitChange tries again when it did not land", async () => {
    const { tools, arm } = lossy(false);
    const base = await tableOf(tools, [[fakeFile("a"), fakeFile("b")]]);
    arm(true);
    const files = [fakeFile("a2")];
    await expect(swap(tools, base, { out: ["a"], in: files })).rejects.toMatchObject({
      code: "lake_commit_conflict",
    });
    expect(files.some(isDiscardable)).toBe(false);
    arm(false);
    const after = await swap(tools, base, { out: ["a"], in: files });
    expect(await names(tools, after)).toEqual(["a2", "b"]);
  });

  test("commitChange that is stopped before it knows forbids to discard the files", async () => {
    const { tools, arm } = lossy(true);
    const base = await tableOf(tools, []);
    arm(true);
    const stop = new AbortController();
    const clock: CommitTools["clock"] = {
      ...tools.clock,
      sleep: () => {
        stop.abort();
        return Promise.resolve();
      },
    };
    const files = [fakeFile("a")];
    const change = move("0", "1", files);
    await expect(
      commitChange({ ...tools, clock }, { base, change, signal: stop.signal }),
    ).rejects.toMatchObject({ code: "stopped" });
    expect(await names(tools, (await tools.catalog.load("t")) ?? base)).toEqual(["a"]);
    expect(files.some(isDiscardable)).toBe(false);
  });
});

describe("commitChange of properties without a fence", () => {
  const change = { setProperties: { "app.version": "2" } };

  test("commitChange sets them without a snapshot, on a base that moved too, and once", async () => {
    const tools = memoryTools();
    const base = await tableOf(tools, []);
    await commit(tools, base, move("0", "1", [fakeFile("a")]));
    const after = await commit(tools, base, change);
    expect(after.metadata.properties).toMatchObject({ "app.version": "2", [CURSOR]: "1" });
    expect(after.metadata.snapshots).toHaveLength(1);
    const again = await commit(tools, after, change);
    expect(again.metadataLocation).toBe(after.metadataLocation);
  });

  test("commitChange is not misled by a base that is out of date", async () => {
    const tools = memoryTools();
    const old = await commit(tools, await tableOf(tools, []), change);
    await commit(tools, old, { setProperties: { "app.version": "3" } });
    const after = await commit(tools, old, change);
    expect(after.metadata.properties["app.version"]).toBe("2");
  });

  test("commitChange is done when the answer was lost", async () => {
    const { tools, arm } = lossy(true);
    const base = await tableOf(tools, []);
    arm(true);
    const after = await commit(tools, base, change);
    expect(after.metadata.properties["app.version"]).toBe("2");
  });
});
