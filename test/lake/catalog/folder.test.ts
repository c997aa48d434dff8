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

describe("folderCatalog beside an engine that compresses metadata", () => {
  const put = (tools: CommitTools, file: string): Promise<boolean> =>
    tools.store.putIfAbsent(`/w/d/t/metadata/${file}`, new Uint8Array([0x1f, 0x8b]));
  const refusal = {
    code: "lake_format_unsupported",
    message: expect.stringContaining("write.metadata.compression-codec to none") as unknown,
  };

  test.each(["v2.gz.metadata.json", "v2.metadata.json.gz"])(
    "a table whose newest version is %s is refused, and not begun anew",
    async (file) => {
      const tools = memoryTools();
      await memoryTable(tools);
      await put(tools, file);
      await tools.store.replace("/w/d/t/metadata/version-hint.text", new TextEncoder().encode("2"));
      await expect(tools.catalog.load("t")).rejects.toMatchObject(refusal);
    },
  );

  test("a table that has no other versions is refused as well", async () => {
    const tools = memoryTools();
    await put(tools, "v1.gz.metadata.json");
    await expect(tools.catalog.load("t")).rejects.toMatchObject(refusal);
  });

  test("whoever has the table open finds out before the next commit", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    await put(tools, "v2.gz.metadata.json");
    await expect(tools.catalog.refresh(base)).rejects.toMatchObject(refusal);
  });

  test("it is read again once a later version is none of these", async () => {
    const tools = memoryTools();
    const base = await memoryTable(tools);
    await commits(tools, 2, base);
    await put(tools, "v2.gz.metadata.json");
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe("/w/d/t/metadata/v3.metadata.json");
  });
});
