import { stat } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Row } from "../../src/core/row.ts";
import { countChangedRows } from "../../src/lake/count-changed-rows.ts";
import type { DataFile, Lake, LakeTable, StagedFile } from "../../src/lake/lake.ts";
import { readColumn } from "../../src/lake/read-column.ts";
import { readColumns } from "../../src/lake/read-columns.ts";
import { localStore } from "../../src/lake/store/local.ts";
import { UnknownOutcome } from "../../src/lake/store/store.ts";
import { openQuery } from "../../src/query/open-query.ts";
import { tempDir } from "./support/temp-dir.ts";
import { append, testLake, testTable } from "./support/test-lake.ts";

const at = (day: number, hour: number): string => `2024-01-0${day}T0${hour}:00:00.000000Z`;
const DAY_2_US = Date.UTC(2024, 0, 2) * 1000;

async function stage(table: LakeTable, rows: readonly Row[]): Promise<readonly StagedFile[]> {
  const writer = table.writer();
  for (const row of rows) writer.add(row);
  return (await writer.finish()).files;
}

/** Reads one file, maps every row anew and puts the new file in its place. */
async function remap(table: LakeTable, file: DataFile): Promise<LakeTable> {
  const rows: Row[] = [];
  for await (const some of readColumns(table, { paths: [["ts"], ["event", "hash"]], files: [file] })) {
    for (const [tsUs, hash] of some) {
      rows.push({ ts: new Date(Number(tsUs) / 1000).toISOString(), event: { hash: String(hash) }, n: 9 });
    }
  }
  const files = await stage(table, rows);
  expect(await countChangedRows(table, { before: [file], after: files })).toBe(rows.length);
  return table.commit({ files, removed: [file], operation: "overwrite", setProperties: {} });
}

async function queried(lake: Lake): Promise<unknown[]> {
  const { rows } = await openQuery(lake, "SELECT event.hash, n FROM duo_auth ORDER BY ts");
  const found: unknown[] = [];
  for await (const some of rows) found.push(...some);
  return found;
}

async function hashes(table: LakeTable, fromUs = 0): Promise<string[]> {
  const found: string[] = [];
  for await (const some of readColumn(table, { path: ["event", "hash"], fromUs })) {
    found.push(...some.map(({ value }) => value));
  }
  return found.sort();
}

describe("a table whose files were replaced", () => {
  test("every reader sees each row once, as it is now, and an old view sees it as it was", async () => {
    await using dir = await tempDir();
    const { lake, table: empty } = await testTable(dir.path);
    const { table: old } = await append(empty, [
      { ts: at(1, 1), event: { hash: "a" }, n: 1 },
      { ts: at(1, 2), event: { hash: "b" }, n: 1 },
      { ts: at(2, 1), event: { hash: "c" }, n: 1 },
    ]);
    const first = (await old.files()).find(({ rowCount }) => rowCount === 2);
    if (first === undefined) throw new Error("Cannot test without a file");
    const { table: grown } = await append(old, [{ ts: at(2, 2), event: { hash: "d" }, n: 1 }]);
    const replaced = await remap(old, first);

    expect(replaced).toMatchObject({ rowCount: 4, fileCount: 3, properties: grown.properties });
    expect(await queried(lake)).toEqual([
      ["a", 9],
      ["b", 9],
      ["c", 1],
      ["d", 1],
    ]);
    expect(await hashes(replaced)).toEqual(["a", "b", "c", "d"]);
    expect(await hashes(replaced, DAY_2_US)).toEqual(["c", "d"]);
    expect((await replaced.files()).map(({ path }) => path)).not.toContain(first.path);
    expect(await hashes(grown)).toEqual(["a", "b", "c", "d"]);
    expect((await stat(first.path)).isFile()).toBe(true);
  });

  test("table.commit of two re-mappings of one file lets one win, and its rows stay", async () => {
    await using dir = await tempDir();
    const { lake, table: empty } = await testTable(dir.path);
    const { table } = await append(empty, [{ ts: at(1, 1), event: { hash: "a" }, n: 1 }]);
    const removed = await table.files();
    const files = await Promise.all([
      stage(table, [{ ts: at(1, 1), event: { hash: "a" }, n: 7 }]),
      stage(table, [{ ts: at(1, 1), event: { hash: "a" }, n: 8 }]),
    ]);
    const ends = await Promise.allSettled(
      files.map(async (own) => {
        try {
          await table.commit({ files: own, removed, operation: "overwrite", setProperties: {} });
        } catch (error) {
          await table.discard(own);
          throw error;
        }
      }),
    );
    const lost = ends.filter((end) => end.status === "rejected");
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toMatchObject({ code: "files_moved" });
    const [row] = await queried(lake);
    expect([
      ["a", 7],
      ["a", 8],
    ]).toContainEqual(row);
    expect(await queried(lake)).toHaveLength(1);
  });

  test("table.discard leaves the files of a commit whose answer was lost", async () => {
    await using dir = await tempDir();
    const { table: known } = await testTable(dir.path);
    const store = localStore();
    const stop = new AbortController();
    const lake = await testLake(dir.path, {
      ...store,
      putIfAbsent: async (path, bytes) => {
        await store.putIfAbsent(path, bytes);
        stop.abort();
        throw new UnknownOutcome(path, new Error("timeout"));
      },
    });
    const table = (await lake.load("duo_auth")) ?? known;
    const files = await stage(table, [{ ts: at(1, 1), event: { hash: "a" } }]);
    const change = { files, setProperties: {}, compareAndSet: { key: "k", from: undefined, to: "1" } };
    await expect(table.commit(change, stop.signal)).rejects.toMatchObject({ code: "stopped" });
    await table.discard(files);
    expect(await hashes(await known.reload())).toEqual(["a"]);
  });
});
