import { describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import { expiredHistory } from "../../../src/lake/append/expire-history.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import type { DataFile } from "../../../src/lake/lake.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { DELETED, readManifest } from "../../../src/lake/spec/manifest.ts";
import { readManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import { compactOnce } from "../support/compactor.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

const HOUR_MS = 3_600_000;
/** Long after every commit of a test. */
const NOW_MS = Date.UTC(2030, 0, 1);
const PROPERTIES = { "duolake.snapshots-max": "20", "commit.manifest.min-count-to-merge": "7" };
/** No commit takes anything out. */
const KEEPING = { ...PROPERTIES, "duolake.snapshots-max": "1000" };

async function appends(tools: CommitTools, options: { count: number; from: Loaded }): Promise<Loaded> {
  let table = options.from;
  for (let i = 0; i < options.count; i += 1) {
    const at = Number(table.metadata.properties[CURSOR]);
    const change = move(String(at), String(at + 1), [fakeFile(`f${at}`)]);
    table = await commitChange(tools, { base: table, change, signal: undefined });
  }
  return table;
}

function planned({ store }: CommitTools, { metadata }: Loaded): Promise<readonly DataFile[]> {
  return planFiles({ store, cache: planCache() }, { metadata, name: "t", fromUs: undefined });
}

/** What the store holds and what the snapshots reach, found without any of the code under test. */
async function reachability(
  tools: CommitTools,
  { metadata }: Loaded,
): Promise<{ there: string[]; reached: string[] }> {
  const reached = new Set<string>();
  for (const snapshot of metadata.snapshots) {
    reached.add(snapshot["manifest-list"]);
    for (const line of readManifestList(await tools.store.read(snapshot["manifest-list"]))) {
      reached.add(line.manifest_path);
    }
  }
  const there = (await tools.store.list("/w/d/t/metadata")).map(({ path }) => path);
  return { there: there.filter((path) => path.endsWith(".avro")).sort(), reached: [...reached].sort() };
}

/** The data files that some snapshot of the history holds. */
async function heldFiles({ store }: CommitTools, { metadata }: Loaded): Promise<string[]> {
  const held = new Set<string>();
  for (const snapshot of metadata.snapshots) {
    for (const line of readManifestList(await store.read(snapshot["manifest-list"]))) {
      for (const { status, data_file } of readManifest(await store.read(line.manifest_path), line)) {
        if (status !== DELETED) held.add(data_file.file_path);
      }
    }
  }
  return [...held].sort();
}

describe("expired history", () => {
  test("the history stays bounded, every file stays live, and exactly what is reachable stays", async () => {
    const tools = memoryTools();
    const table = await appends(tools, { count: 260, from: await memoryTable(tools, PROPERTIES) });
    const { metadata } = table;
    expect(metadata.snapshots.length).toBeLessThan(46);
    expect(metadata.snapshots.length).toBeGreaterThan(19);
    expect(metadata["last-sequence-number"]).toBe(260);
    expect(metadata["snapshot-log"].map((entry) => entry["snapshot-id"])).toEqual(
      metadata.snapshots.map((snapshot) => snapshot["snapshot-id"]),
    );
    const files = await planned(tools, table);
    expect(new Set(files.map((file) => file.path)).size).toBe(260);
    const { there, reached } = await reachability(tools, table);
    expect(there).toEqual(reached);
  });

  test("expiredHistory stops before what is no plain append, and leaves branches, tags and gc.enabled=false alone", async () => {
    const tools = memoryTools();
    const base = await appends(tools, { count: 90, from: await memoryTable(tools, KEEPING) });
    expect(expiredHistory(base.metadata, NOW_MS)).toBeUndefined();
    expect(await compactOnce(tools, "t")).toBe("done");
    const compacted = (await tools.catalog.load("t")) ?? base;
    const grown = await appends(tools, { count: 28, from: compacted });
    const { metadata } = grown;
    const many = { ...metadata, properties: { ...metadata.properties, "duolake.snapshots-max": "5" } };
    expect(expiredHistory(many, NOW_MS)?.removed).toHaveLength(89);
    const tag = { type: "tag", "snapshot-id": metadata.snapshots[0]?.["snapshot-id"] ?? 0 } as const;
    expect(expiredHistory({ ...many, refs: { ...many.refs, audit: tag } }, NOW_MS)).toBeUndefined();
    expect(
      expiredHistory({ ...many, properties: { ...many.properties, "gc.enabled": "false" } }, NOW_MS),
    ).toBeUndefined();
  });

  test("the history goes on to expire past our own replaces, and then the files they took out go", async () => {
    const tools = memoryTools();
    const replaced: string[] = [];
    let table = await memoryTable(tools, PROPERTIES);
    for (let round = 0; round < 6; round += 1) {
      table = await appends(tools, { count: 40, from: table });
      const live = await planned(tools, table);
      for (const { path } of live) {
        if (!(await tools.store.exists(path))) await tools.store.writeNew(path, new Uint8Array(1));
      }
      const removed = live.filter((_, index) => index % 13 === 5);
      replaced.push(...removed.map(({ path }) => path));
      const files = removed.map((_, index) => fakeFile(`r${round}-${index}`));
      for (const { path } of files) await tools.store.writeNew(path, new Uint8Array(1));
      const change = { files, removed, operation: "replace", setProperties: {} } as const;
      table = await commitChange(tools, { base: table, change, signal: undefined });
      await tools.clock.sleep(HOUR_MS);
    }
    const { metadata } = table;
    expect(metadata.snapshots.length).toBeLessThan(46);
    expect(metadata["last-sequence-number"]).toBe(246);
    const { there, reached } = await reachability(tools, table);
    expect(there).toEqual(reached);
    const live = await planned(tools, table);
    expect(live).toHaveLength(240);
    for (const { path } of live) expect(await tools.store.exists(path)).toBe(true);
    const data = (await tools.store.list("/w/d/t/data", { deep: true })).map(({ path }) => path);
    const held = await heldFiles(tools, table);
    expect(data.sort()).toEqual(held);
    // Some went, and some of those taken out are still in a snapshot that stays.
    expect(replaced.some((path) => !held.includes(path))).toBe(true);
    expect(replaced.some((path) => held.includes(path))).toBe(true);
  });

  test("what was taken out less than an hour ago stays, with the snapshots before, however many commits follow", async () => {
    const tools = memoryTools();
    const base = await appends(tools, { count: 30, from: await memoryTable(tools, PROPERTIES) });
    const before = await planned(tools, base);
    for (const { path } of before) await tools.store.writeNew(path, new Uint8Array(1));
    const removed = before.slice(0, 10);
    const files = removed.map((_, index) => fakeFile(`r${index}`));
    const change = { files, removed, operation: "replace", setProperties: {} } as const;
    const replaced = await commitChange(tools, { base, change, signal: undefined });
    const grown = await appends(tools, { count: 200, from: replaced });
    for (const { path } of await planned(tools, base)) expect(await tools.store.exists(path)).toBe(true);
    await tools.clock.sleep(HOUR_MS);
    const later = await appends(tools, { count: 101, from: grown });
    expect(later.metadata.snapshots.length).toBeLessThan(46);
    for (const { path } of removed) expect(await tools.store.exists(path)).toBe(false);
  });

  test("expiredHistory leaves a table alone whose history another engine rolled back", async () => {
    const tools = memoryTools();
    const { metadata } = await appends(tools, { count: 110, from: await memoryTable(tools, KEEPING) });
    const many = { ...metadata, properties: { ...metadata.properties, "duolake.snapshots-max": "5" } };
    expect(expiredHistory(many, NOW_MS)?.removed).toHaveLength(105);
    const [first] = metadata.snapshots;
    const back = { ...many, "current-snapshot-id": first?.["snapshot-id"] ?? 0 };
    expect(expiredHistory(back, NOW_MS)).toBeUndefined();
    const forked = metadata.snapshots.map((snapshot, index) =>
      index === 60 ? { ...snapshot, "parent-snapshot-id": first?.["snapshot-id"] ?? 0 } : snapshot,
    );
    expect(expiredHistory({ ...many, snapshots: forked }, NOW_MS)).toBeUndefined();
  });

  test("a commit does not fail when what expired cannot be removed", async () => {
    const store = memoryStore();
    const tools = memoryTools({
      ...store,
      remove: () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })),
    });
    const table = await appends(tools, { count: 130, from: await memoryTable(tools, PROPERTIES) });
    expect(table.metadata.snapshots.length).toBeLessThan(46);
    expect(table.metadata.properties[CURSOR]).toBe("130");
  });
});
