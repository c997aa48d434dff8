import { describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { CommitUnknown } from "../../../src/lake/catalog/catalog.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { UnknownOutcome } from "../../../src/lake/store/store.ts";
import { catalogContract, commits, set } from "../contract/catalog.ts";
import { folderContract } from "../contract/folder-catalog.ts";
import { memoryTable, memoryTools } from "../support/memory-table.ts";

describe("folderCatalog", () => {
  catalogContract(() => Promise.resolve(memoryTools()));
  folderContract(() => Promise.resolve(memoryTools()));
});

describe("folderCatalog with a failing store", () => {
  const failing = (change: (store: Store) => Partial<Store>): CommitTools => {
    const store = memoryStore();
    return memoryTools({ ...store, ...change(store) });
  };

  test("folderCatalog.commit does not fail when a pruned file cannot be removed", async () => {
    const store = memoryStore();
    const tools = memoryTools({
      ...store,
      remove: () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })),
    });
    const first = await memoryTable(tools, { "write.metadata.previous-versions-max": "1" });
    const table = await commits(tools, 4, first);
    expect(table.metadataLocation).toBe("/w/d/t/metadata/v5.metadata.json");
  });

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
