import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column } from "../../../src/core/columns.ts";
import { type Json, stringifyJson } from "../../../src/core/json.ts";
import type { Row } from "../../../src/core/row.ts";
import { sql } from "../support/sql.ts";
import { tempDir } from "../support/temp-dir.ts";
import { append, testTable } from "../support/test-lake.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "id", type: "int" },
  { name: "i", type: "int" },
  { name: "l", type: "long" },
  { name: "flag", type: "boolean" },
  { name: "day", type: "date" },
  { name: "money", type: "decimal(5,2)" },
  { name: "text", type: "string" },
  { name: "when", type: "timestamptz" },
  {
    name: "s",
    type: {
      type: "struct",
      fields: [
        { name: "a", type: "int" },
        { name: "list", type: { type: "list", element: "int" } },
      ],
    },
  },
];

const hostile: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    1.6,
    -0,
    1e300,
    2 ** 31,
    2n ** 64n,
    "",
    "12",
    "x",
    "\ud800",
    "\u0000",
    "2024-02-30",
    "2024-02-30T00:00:00Z",
    "2024-01-01T00:00:60Z",
    "9999999.99",
    [],
    [1, "x"],
    [[1]],
    {},
    { a: 1, A: 2 },
    { A: 3 },
    { a: "x" },
    { list: 5 },
    { list: [1.5] },
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

/** Mostly what fits, so that most rows have one misfit at most. */
const mostly = (fitting: Json): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(fitting) }, { weight: 1, arbitrary: hostile });

const row = fc.record(
  {
    i: mostly(1),
    l: mostly(2n ** 60n),
    flag: mostly(true),
    day: mostly("2024-02-29"),
    money: mostly("123.45"),
    text: mostly("text"),
    when: mostly("2024-01-01T00:00:00.5Z"),
    s: mostly({ a: 1, list: [1] }),
    other: hostile,
  },
  { requiredKeys: [] },
);

describe("refused rows", () => {
  test("a batch survives any rows: each is stored once or refused with a reason", async () => {
    await using dir = await tempDir();
    const { table: first } = await testTable(dir.path, { columns: COLUMNS });
    let table = first;
    let next = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
        const before = table.rowCount;
        const from = next;
        const numbered = rows.map((value, index) => ({
          ...value,
          id: from + index,
          ts: `2024-01-0${1 + (index % 2)}T00:00:00Z`,
        }));
        next += rows.length;
        const { table: after, refused } = await append(table, numbered);
        table = after;
        expect(after.rowCount - before + refused.length).toBe(rows.length);
        for (const { row: document, reason } of refused) {
          expect(reason.length).toBeGreaterThan(3);
          expect(numbered.map((one) => stringifyJson(one))).toContain(stringifyJson(document));
        }
      }),
      { numRuns: 20 },
    );
    const files = (await table.files()).map((file) => `'${file.path}'`).join(", ");
    const [counts] = await sql.rows(
      `SELECT count(*)::INT AS n, count(DISTINCT id)::INT AS ids FROM read_parquet([${files}], hive_partitioning = false)`,
    );
    expect(counts).toEqual({ n: table.rowCount, ids: table.rowCount });
    expect(table.rowCount).toBeGreaterThan(next / 4);
    expect(table.rowCount).toBeLessThan(next);
  });

  test("rows of which one value cannot be are left out, the others are written", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const rows = Array.from({ length: 2_000 }, (_, id): Row => {
      const base = { ts: "2024-01-01T00:00:00Z", id };
      if (id % 500 === 7) return { ...base, day: "2024-02-30" };
      if (id === 1_500) return { ...base, money: "12345678.00" };
      return base;
    });
    const { table: after, refused } = await append(table, rows);
    expect(after.rowCount).toBe(1_995);
    expect(refused.map(({ row: { id } }) => id).sort((a, b) => Number(a) - Number(b))).toEqual([
      7, 507, 1007, 1500, 1507,
    ]);
    expect(refused.find(({ row: { id } }) => id === 7)?.reason).toMatch(/date.*2024-02-30/);
    expect(refused.find(({ row: { id } }) => id === 1_500)?.reason).toMatch(/DECIMAL|decimal/);
  });

  test("a batch of which every row is refused makes no file", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const writer = table.writer();
    for (let id = 0; id < 5; id += 1) writer.add({ ts: "2024-01-01T00:00:00Z", id, day: "2023-02-29" });
    const { files, refused } = await writer.finish();
    expect(files).toEqual([]);
    expect(refused).toHaveLength(5);
  });

  test.each([
    [{ ts: "2024-02-30T00:00:00Z" }, /ts must be an instant/],
    [{ ts: 5 }, /ts must be an instant/],
    [{}, /ts must be an instant/],
    [{ i: 1.6 }, /^i must be an integer of 32 bits, got 1.6$/],
    [{ i: 2 ** 31 }, /^i must be an integer of 32 bits/],
    [{ l: 2n ** 63n }, /^l must be an integer of 64 bits/],
    [{ flag: 1 }, /^flag must be true or false, got 1$/],
    [{ s: [] }, /^s must be an object, got \[\]$/],
    [{ s: { list: "x" } }, /^s\.list must be a list, got "x"$/],
    [{ s: { list: [1, "x"] } }, /^s\.list\.element must be/],
    [{ s: { a: 1, A: 2 } }, /are one column/],
    [{ when: "2024-01-01" }, /^when must be YYYY/],
    [{ day: "x".repeat(500) }, /…$/],
  ])("a row that does not fit is refused with the reason (%#)", async (value, reason) => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const writer = table.writer();
    const document =
      "ts" in value || Object.keys(value).length === 0 ? value : { ts: "2024-01-01T00:00:00Z", ...value };
    writer.add(document as unknown as Row);
    const { files, refused } = await writer.finish();
    expect(files).toEqual([]);
    expect(refused).toEqual([{ row: document, reason: expect.stringMatching(reason) }]);
  });
});
