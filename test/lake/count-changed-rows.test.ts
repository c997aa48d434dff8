import { describe, expect, test } from "vitest";
import type { Row } from "../../src/core/row.ts";
import { countChangedRows } from "../../src/lake/count-changed-rows.ts";
import type { LakeTable, StagedFile } from "../../src/lake/lake.ts";
import { EVERY_TYPE_COLUMNS } from "./support/columns.ts";
import { tempDir } from "./support/temp-dir.ts";
import { append, testTable } from "./support/test-lake.ts";

const TS = "2024-01-01T00:00:00.000001Z";
const A: Row = { ts: TS, text: "a", d: 0.1, raw: "\u0000x", nested: { texts: [], l: 2n ** 62n } };
const B: Row = { ts: TS, text: "b", large_money: "0.0000000001", nested: { things: [{ a: 1 }] } };

async function stage(table: LakeTable, rows: readonly Row[]): Promise<readonly StagedFile[]> {
  const writer = table.writer();
  for (const row of rows) writer.add(row);
  const { files, refused } = await writer.finish();
  expect(refused).toEqual([]);
  return files;
}

describe("countChangedRows", () => {
  test("countChangedRows is 0 where the same rows stand in other files, in another order", async () => {
    await using dir = await tempDir();
    const { table: empty } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const { table } = await append(empty, [A, A, B]);
    const before = await table.files();
    expect(await countChangedRows(table, { before, after: await stage(table, [B, A, A]) })).toBe(0);
    expect(await countChangedRows(table, { before: [], after: [] })).toBe(0);
    const apart = [...(await stage(table, [A])), ...(await stage(table, [A, B]))];
    expect(await countChangedRows(table, { before, after: apart })).toBe(0);
  });

  test.each<[string, readonly Row[], number]>([
    ["one value", [A, { ...A, text: "A" }, B], 1],
    ["null for an empty list", [A, A, { ...B, nested: { things: [{ a: 1 }], texts: [] } }], 1],
    ["a list that is longer", [A, A, { ...B, nested: { things: [{ a: 1 }, {}] } }], 1],
    ["the last digit", [A, A, { ...B, large_money: "0.0000000002" }], 1],
    ["a microsecond", [A, A, { ...B, ts: "2024-01-01T00:00:00.000002Z" }], 1],
    ["an equal row less", [A, B], 1],
    ["an equal row more", [A, A, A, B], 1],
    ["an equal row for another", [A, B, B], 1],
    ["every row", [{ ts: TS }, { ts: TS }, { ts: TS }], 3],
    ["no row left", [], 3],
  ])("countChangedRows tells %s", async (_what, rows, count) => {
    await using dir = await tempDir();
    const { table: empty } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const { table } = await append(empty, [A, A, B]);
    const before = await table.files();
    expect(await countChangedRows(table, { before, after: await stage(table, rows) })).toBe(count);
  });

  test("countChangedRows compares files from before a column was added with those from after", async () => {
    await using dir = await tempDir();
    const { lake, table: empty } = await testTable(dir.path);
    const { table: old } = await append(empty, [{ ts: TS, n: 1 }]);
    const before = await old.files();
    const table = await lake.evolve(old, [
      { name: "n", type: "long" },
      { name: "late", type: "string" },
    ]);
    const same = await stage(table, [{ ts: TS, n: 1 }]);
    expect(await countChangedRows(table, { before, after: same })).toBe(0);
    const filled = await stage(table, [{ ts: TS, n: 1, late: "x" }]);
    expect(await countChangedRows(table, { before, after: filled })).toBe(1);
  });

  test("countChangedRows tells a file that cannot be read, and stops when asked to", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const staged = await stage(table, [{ ts: TS }]);
    const missing = staged.map((file) => Object.assign({}, file, { path: `${dir.path}/none.parquet` }));
    await expect(countChangedRows(table, { before: missing, after: staged })).rejects.toMatchObject({
      code: "lake_unwritable",
    });
    await expect(
      countChangedRows(table, { before: staged, after: staged }, AbortSignal.abort()),
    ).rejects.toMatchObject({ code: "stopped" });
  });
});
