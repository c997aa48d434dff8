import { describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "../../../src/lake/catalog/catalog.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { UnknownOutcome } from "../../../src/lake/store/store.ts";
import { memoryTable, memoryTools } from "../support/memory-table.ts";

const META = "/w/d/t/metadata";
const HINT = `${META}/version-hint.text`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

function set(tools: CommitTools, base: Loaded, value: string): Promise<Loaded> {
  return tools.catalog.commit(base, [], [{ action: "set-properties", updates: { value } }]);
}

async function commits(tools: CommitTools, count: number, from?: Loaded): Promise<Loaded> {
  let table = from ?? (await memoryTable(tools));
  for (let i = 0; i < count; i += 1) table = await set(tools, table, String(i));
  return table;
}

describe("folderCatalog", () => {
  test("folderCatalog.create makes v1 and the hint; a second one is a conflict and changes nothing", async () => {
    const tools = memoryTools();
    const table = await memoryTable(tools);
    expect(table.metadataLocation).toBe(`${META}/v1.metadata.json`);
    expect(text(await tools.store.read(HINT))).toBe("1");
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(table);
    expect(await tools.catalog.list()).toEqual(["t"]);
    expect(await tools.catalog.load("other")).toBeUndefined();
  });

  test("folderCatalog.commit makes the next version and moves the hint", async () => {
    const tools = memoryTools();
    const table = await commits(tools, 3);
    expect(table.metadataLocation).toBe(`${META}/v4.metadata.json`);
    expect(text(await tools.store.read(HINT))).toBe("4");
    expect((await tools.catalog.load("t"))?.metadata.properties["value"]).toBe("2");
  });

  test("folderCatalog.commit lets one of many win", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => set(tools, base, String(index))),
    );
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    const lost = results.filter((result) => result.status === "rejected");
    expect(lost.map((result) => result.reason as unknown)).toEqual(
      lost.map(() => expect.any(CommitConflict)),
    );
  });

  test("folderCatalog.commit refuses an unmet requirement", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    await expect(
      tools.catalog.commit(base, [{ type: "assert-table-uuid", uuid: "other" }], []),
    ).rejects.toBeInstanceOf(CommitConflict);
  });

  test.each(["stale", "missing", "garbage", "ahead", "empty"])(
    "folderCatalog.load finds the newest version with a hint that is %s",
    async (kind) => {
      const tools = memoryTools();
      await commits(tools, 30);
      const hints: Record<string, string> = { stale: "2", garbage: "v1x\u0000", ahead: "99", empty: "" };
      const hint = hints[kind];
      if (hint === undefined) await tools.store.remove(HINT);
      else await tools.store.replace(HINT, bytes(hint));
      const loaded = await tools.catalog.load("t");
      expect(loaded?.metadataLocation).toBe(`${META}/v31.metadata.json`);
    },
  );

  test("folderCatalog.load with a hint whose version was pruned lists the folder", async () => {
    const tools = memoryTools();
    await commits(tools, 5);
    await tools.store.replace(HINT, bytes("2"));
    await tools.store.remove(`${META}/v2.metadata.json`);
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe(`${META}/v6.metadata.json`);
  });

  test("folderCatalog.refresh gives the base itself when nothing changed", async () => {
    const tools = memoryTools();
    const base = await commits(tools, 2);
    expect(await tools.catalog.refresh(base)).toBe(base);
    const next = await set(tools, base, "x");
    expect((await tools.catalog.refresh(base)).metadataLocation).toBe(next.metadataLocation);
  });

  test("folderCatalog.load refuses a damaged newest version and leaves it alone", async () => {
    const tools = memoryTools();
    const table = await commits(tools, 2);
    const damaged = `${META}/v4.metadata.json`;
    await tools.store.writeNew(damaged, bytes('{"format-version":2,'));
    const refusal = expect.objectContaining({
      code: "lake_metadata_invalid",
      message: expect.stringContaining(damaged),
    });
    await expect(tools.catalog.load("t")).rejects.toThrow(refusal);
    await expect(tools.catalog.refresh(table)).rejects.toThrow(refusal);
    await expect(set(tools, table, "x")).rejects.toBeInstanceOf(CommitConflict);
    expect(text(await tools.store.read(damaged))).toBe('{"format-version":2,');
  });

  test("folderCatalog.refresh says so when the table's folder is gone", async () => {
    const tools = memoryTools();
    const table = await commits(tools, 1);
    for (const { path } of await tools.store.list("/w", { deep: true })) await tools.store.remove(path);
    await expect(tools.catalog.refresh(table)).rejects.toThrow(
      expect.objectContaining({ code: "lake_metadata_invalid" }),
    );
  });

  test("folderCatalog.locationOf refuses names that are no plain names", () => {
    const { catalog } = memoryTools();
    for (const name of ["", "A", "a-b", "../x", "a/b", "ä"]) {
      expect(() => catalog.locationOf(name)).toThrow(expect.objectContaining({ code: "config_invalid" }));
    }
  });
});

describe("folderCatalog pruning", () => {
  test("folderCatalog.commit keeps the versions that the log names, and no others", async () => {
    const tools = memoryTools();
    const first = await memoryTable(tools, { "write.metadata.previous-versions-max": "3" });
    const table = await commits(tools, 9, first);
    const versions = (await tools.store.list(META))
      .map(({ path }) => /v(\d+)\.metadata/.exec(path)?.[1])
      .filter((version) => version !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
    expect(versions).toEqual([7, 8, 9, 10]);
    expect(table.metadata["metadata-log"]).toHaveLength(3);
  });

  test("folderCatalog.commit keeps them all when the table says so", async () => {
    const tools = memoryTools();
    const first = await memoryTable(tools, {
      "write.metadata.previous-versions-max": "3",
      "write.metadata.delete-after-commit.enabled": "false",
    });
    await commits(tools, 6, first);
    expect((await tools.store.list(META)).filter(({ path }) => path.endsWith(".json"))).toHaveLength(7);
  });

  test("folderCatalog.commit does not fail when a pruned file cannot be removed", async () => {
    const store = memoryStore();
    const tools = memoryTools({
      ...store,
      remove: () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })),
    });
    const first = await memoryTable(tools, { "write.metadata.previous-versions-max": "1" });
    const table = await commits(tools, 4, first);
    expect(table.metadataLocation).toBe(`${META}/v5.metadata.json`);
  });

  test("folderCatalog.commit on a base older than what was pruned is a conflict, not a lost commit", async () => {
    const tools = memoryTools();
    const old = await memoryTable(tools, { "write.metadata.previous-versions-max": "2" });
    const newest = await commits(tools, 10, old);
    expect(await tools.store.exists(`${META}/v2.metadata.json`)).toBe(false);
    await expect(set(tools, old, "lost")).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.store.exists(`${META}/v2.metadata.json`)).toBe(false);
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe(newest.metadataLocation);
  });
});

describe("folderCatalog with a failing store", () => {
  const failing = (change: (store: Store) => Partial<Store>): CommitTools => {
    const store = memoryStore();
    return memoryTools({ ...store, ...change(store) });
  };

  test("folderCatalog.commit is whole without the hint", async () => {
    const tools = failing(() => ({ replace: () => Promise.reject(new Error("disk")) }));
    const table = await commits(tools, 2);
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe(table.metadataLocation);
  });

  test("folderCatalog.commit passes on that the outcome is unknown", async () => {
    let lost = false;
    const tools = failing((store) => ({
      putIfAbsent: async (path, data) => {
        const done = await store.putIfAbsent(path, data);
        if (lost) throw new UnknownOutcome(path, new Error("lost"));
        return done;
      },
    }));
    const base = await memoryTable(tools);
    lost = true;
    await expect(set(tools, base, "x")).rejects.toBeInstanceOf(CommitUnknown);
  });

  test("folderCatalog.commit does not know either when it cannot look after the put", async () => {
    let broken = false;
    const tools = failing((store) => ({
      exists: (path) => (broken ? Promise.reject(new Error("EIO")) : store.exists(path)),
    }));
    const base = await memoryTable(tools);
    broken = true;
    await expect(set(tools, base, "x")).rejects.toBeInstanceOf(CommitUnknown);
  });
});
