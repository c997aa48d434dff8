import { describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import { expiredHistory } from "../../../src/lake/append/expire-history.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { readManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import { compactOnce } from "../support/compactor.ts";
import { fakeFile, memoryTable, memoryTools, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

const PROPERTIES = { "duolake.snapshots-max": "20", "commit.manifest.min-count-to-merge": "7" };

async function appends(tools: CommitTools, options: { count: number; from: Loaded }): Promise<Loaded> {
  let table = options.from;
  for (let i = 0; i < options.count; i += 1) {
    const at = Number(table.metadata.properties[CURSOR]);
    const change = move(String(at), String(at + 1), [fakeFile(`f${at}`)]);
    table = await commitChange(tools, { base: table, change, signal: undefined });
  }
  return table;
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

describe("expired history", () => {
  test("the history stays bounded, every file stays live, and exactly what is reachable stays", async () => {
    const tools = memoryTools();
    const table = await appends(tools, { count: 260, from: await memoryTable(tools, PROPERTIES) });
    const { metadata } = table;
    expect(metadata.snapshots.length).toBeLessThan(121);
    expect(metadata.snapshots.length).toBeGreaterThan(19);
    expect(metadata["last-sequence-number"]).toBe(260);
    expect(metadata["snapshot-log"].map((entry) => entry["snapshot-id"])).toEqual(
      metadata.snapshots.map((snapshot) => snapshot["snapshot-id"]),
    );
    const files = await planFiles(
      { store: tools.store, cache: planCache() },
      { metadata, name: "t", fromUs: undefined },
    );
    expect(new Set(files.map((file) => file.path)).size).toBe(260);
    const { there, reached } = await reachability(tools, table);
    expect(there).toEqual(reached);
  });

  test("expiredHistory stops before what is no plain append, and leaves branches, tags and gc.enabled=false alone", async () => {
    const tools = memoryTools();
    const base = await appends(tools, { count: 90, from: await memoryTable(tools, PROPERTIES) });
    expect(expiredHistory(base.metadata)).toBeUndefined();
    expect(await compactOnce(tools, "t")).toBe("done");
    const compacted = (await tools.catalog.load("t")) ?? base;
    const grown = await appends(tools, { count: 28, from: compacted });
    const { metadata } = grown;
    const many = { ...metadata, properties: { ...metadata.properties, "duolake.snapshots-max": "5" } };
    expect(expiredHistory(many)?.removed).toHaveLength(89);
    const tag = { type: "tag", "snapshot-id": metadata.snapshots[0]?.["snapshot-id"] ?? 0 } as const;
    expect(expiredHistory({ ...many, refs: { ...many.refs, audit: tag } })).toBeUndefined();
    expect(
      expiredHistory({ ...many, properties: { ...many.properties, "gc.enabled": "false" } }),
    ).toBeUndefined();
  });

  test("a commit does not fail when what expired cannot be removed", async () => {
    const store = memoryStore();
    const tools = memoryTools({
      ...store,
      remove: () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })),
    });
    const table = await appends(tools, { count: 130, from: await memoryTable(tools, PROPERTIES) });
    expect(table.metadata.snapshots.length).toBeLessThan(121);
    expect(table.metadata.properties[CURSOR]).toBe("130");
  });
});
