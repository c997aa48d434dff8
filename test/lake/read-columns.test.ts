import { describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import type { DataFile, LakeTable } from "../../src/lake/lake.ts";
import type { ColumnCell } from "../../src/lake/read-columns.ts";
import { readColumns } from "../../src/lake/read-columns.ts";
import { tempDir } from "./support/temp-dir.ts";
import { append, testTable } from "./support/test-lake.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  {
    name: "event",
    type: {
      type: "struct",
      fields: [
        { name: "original", type: "string" },
        { name: "hash", type: "string" },
        { name: "created", type: "timestamptz" },
        { name: "tags", type: { type: "list", element: "string" } },
      ],
    },
  },
  { name: "n", type: "long" },
  { name: "flag", type: "boolean" },
];
const PATHS = [["event", "original"], ["event", "hash"], ["event", "created"], ["ts"]];

/** Two files: three rows of the first of January, two of the second. */
async function fiveRows(warehouse: string): Promise<LakeTable> {
  const { table } = await testTable(warehouse, { columns: COLUMNS });
  const row = (ts: string, hash: string): Parameters<typeof append>[1][number] => ({
    ts,
    event: { original: `{"id":"${hash}"}`, hash, created: "2024-05-05T05:05:05.123456Z", tags: ["x"] },
    n: 2n ** 60n,
    flag: true,
  });
  const first = await append(table, [
    row("2024-01-01T02:00:00Z", "b"),
    row("2024-01-01T01:00:00.000007Z", "a"),
    { ts: "2024-01-01T03:00:00Z" },
  ]);
  const both = await append(first.table, [
    row("2024-01-02T00:00:00Z", "c"),
    row("2024-01-02T01:00:00Z", "d"),
  ]);
  return both.table;
}

async function read(
  table: LakeTable,
  options: Partial<Parameters<typeof readColumns>[1]> = {},
): Promise<(readonly ColumnCell[])[]> {
  const found: (readonly ColumnCell[])[] = [];
  for await (const rows of readColumns(table, { paths: PATHS, ...options })) found.push(...rows);
  return found;
}

const us = (text: string, microseconds = 0): number => Date.parse(text) * 1000 + microseconds;

describe("readColumns", () => {
  test("readColumns gives the columns of each row in the order of the paths, as they stand in the file", async () => {
    await using dir = await tempDir();
    const table = await fiveRows(dir.path);
    const file = (await table.files()).find(({ rowCount }) => rowCount === 3);
    const created = us("2024-05-05T05:05:05.123Z", 456);
    expect(await read(table, { files: file === undefined ? [] : [file] })).toEqual([
      ['{"id":"a"}', "a", created, us("2024-01-01T01:00:00Z", 7)],
      ['{"id":"b"}', "b", created, us("2024-01-01T02:00:00Z")],
      [null, null, null, us("2024-01-01T03:00:00Z")],
    ]);
    const other = await read(table, { paths: [["flag"], ["n"]], fromUs: us("2024-01-02T01:00:00Z") });
    expect(other).toEqual([[true, 2n ** 60n]]);
  });

  test("readColumns keeps to the range, both ends included, in all files and in those given", async () => {
    await using dir = await tempDir();
    const table = await fiveRows(dir.path);
    const hashes = async (options: Parameters<typeof read>[1]): Promise<unknown[]> =>
      (await read(table, { paths: [["event", "hash"]], ...options })).flat().map(String).toSorted();
    const [from, to] = [us("2024-01-01T02:00:00Z"), us("2024-01-02T00:00:00Z")];
    expect(await hashes({})).toEqual(["a", "b", "c", "d", "null"]);
    expect(await hashes({ fromUs: from, toUs: to })).toEqual(["b", "c", "null"]);
    expect(await hashes({ fromUs: from, toUs: to, files: await table.files() })).toEqual(["b", "c", "null"]);
    expect(await hashes({ toUs: to - 1 })).toEqual(["a", "b", "null"]);
    expect(await hashes({ fromUs: to + 1 })).toEqual(["d"]);
    expect(await hashes({ files: [] })).toEqual([]);
  });

  test("readColumns does not open a file that cannot hold a row of the range", async () => {
    await using dir = await tempDir();
    const table = await fiveRows(dir.path);
    const files = (await table.files()).map((file): DataFile =>
      file.rowCount === 3 ? { ...file, path: `${dir.path}/missing.parquet` } : file,
    );
    expect(await read(table, { files, fromUs: us("2024-01-02T00:00:00Z") })).toHaveLength(2);
    await expect(read(table, { files, fromUs: us("2024-01-01T00:00:00Z") })).rejects.toMatchObject({
      code: "lake_unwritable",
    });
    const early = { files, toUs: us("2024-01-01T23:00:00Z") };
    await expect(read(table, early)).rejects.toMatchObject({ code: "lake_unwritable" });
  });

  test("readColumns refuses columns that are not there or that no cell holds, and stops when asked to", async () => {
    await using dir = await tempDir();
    const table = await fiveRows(dir.path);
    for (const path of [["none"], ["event", "none"], ["n", "x"], ["event"], ["event", "tags"], []]) {
      await expect(read(table, { paths: [path] })).rejects.toThrow(RangeError);
    }
    await expect(read(table, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "stopped" });
  });
});
