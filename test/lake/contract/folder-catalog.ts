import { expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { CommitConflict } from "../../../src/lake/catalog/catalog.ts";
import { memoryTable } from "../support/memory-table.ts";
import { commits, set } from "./catalog.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const meta = (tools: CommitTools): string => `${tools.catalog.locationOf("t")}/metadata`;
const hint = (tools: CommitTools): string => `${meta(tools)}/version-hint.text`;

/** What the folder catalog promises of its files over every store; `open` gives an empty one each time. */
export function folderContract(open: () => Promise<CommitTools>): void {
  test("folderCatalog.create makes v1 and the hint", async () => {
    const tools = await open();
    const table = await memoryTable(tools);
    expect(table.metadataLocation).toBe(`${meta(tools)}/v1.metadata.json`);
    expect(text(await tools.store.read(hint(tools)))).toBe("1");
  });

  test("folderCatalog.commit makes the next version and moves the hint", async () => {
    const tools = await open();
    const table = await commits(tools, 3);
    expect(table.metadataLocation).toBe(`${meta(tools)}/v4.metadata.json`);
    expect(text(await tools.store.read(hint(tools)))).toBe("4");
    expect((await tools.catalog.load("t"))?.metadata.properties["value"]).toBe("2");
  });

  test.each(["stale", "missing", "garbage", "ahead", "empty"])(
    "folderCatalog.load finds the newest version with a hint that is %s",
    async (kind) => {
      const tools = await open();
      await commits(tools, 30);
      const hints: Record<string, string> = { stale: "2", garbage: "v1x\u0000", ahead: "99", empty: "" };
      const wrong = hints[kind];
      if (wrong === undefined) await tools.store.remove(hint(tools));
      else await tools.store.replace(hint(tools), bytes(wrong));
      const loaded = await tools.catalog.load("t");
      expect(loaded?.metadataLocation).toBe(`${meta(tools)}/v31.metadata.json`);
    },
  );

  test("folderCatalog.load with a hint whose version was pruned lists the folder", async () => {
    const tools = await open();
    await commits(tools, 5);
    await tools.store.replace(hint(tools), bytes("2"));
    await tools.store.remove(`${meta(tools)}/v2.metadata.json`);
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe(`${meta(tools)}/v6.metadata.json`);
  });

  test("folderCatalog.load refuses a damaged newest version and leaves it alone", async () => {
    const tools = await open();
    const table = await commits(tools, 2);
    const damaged = `${meta(tools)}/v4.metadata.json`;
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
    const tools = await open();
    const table = await commits(tools, 1);
    const files = await tools.store.list(tools.catalog.locationOf("t"), { deep: true });
    for (const { path } of files) await tools.store.remove(path);
    await expect(tools.catalog.refresh(table)).rejects.toThrow(
      expect.objectContaining({ code: "lake_metadata_invalid" }),
    );
  });

  test("folderCatalog.commit keeps the versions that the log names, and no others", async () => {
    const tools = await open();
    const first = await memoryTable(tools, { "write.metadata.previous-versions-max": "3" });
    const table = await commits(tools, 9, first);
    const versions = (await tools.store.list(meta(tools)))
      .map(({ path }) => /v(\d+)\.metadata/.exec(path)?.[1])
      .filter((version) => version !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
    expect(versions).toEqual([7, 8, 9, 10]);
    expect(table.metadata["metadata-log"]).toHaveLength(3);
  });

  test("folderCatalog.commit keeps them all when the table says so", async () => {
    const tools = await open();
    const first = await memoryTable(tools, {
      "write.metadata.previous-versions-max": "3",
      "write.metadata.delete-after-commit.enabled": "false",
    });
    await commits(tools, 6, first);
    expect((await tools.store.list(meta(tools))).filter(({ path }) => path.endsWith(".json"))).toHaveLength(
      7,
    );
  });

  test("folderCatalog.commit on a base older than what was pruned is a conflict, not a lost commit", async () => {
    const tools = await open();
    const old = await memoryTable(tools, { "write.metadata.previous-versions-max": "2" });
    const newest = await commits(tools, 10, old);
    expect(await tools.store.exists(`${meta(tools)}/v2.metadata.json`)).toBe(false);
    await expect(set(tools, old, "lost")).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.store.exists(`${meta(tools)}/v2.metadata.json`)).toBe(false);
    expect((await tools.catalog.load("t"))?.metadataLocation).toBe(newest.metadataLocation);
  });
}
