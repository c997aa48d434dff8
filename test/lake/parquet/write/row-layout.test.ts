import { describe, expect, test } from "vitest";
import type { Row } from "../../../../src/core/row.ts";
import { rowLayout } from "../../../../src/lake/parquet/write/row-layout.ts";
import { rowShape } from "../../../../src/lake/parquet/write/row-shape.ts";
import type { NestedField } from "../../../../src/lake/spec/types.ts";

const field = (id: number, name: string, type: NestedField["type"]): NestedField => ({
  id,
  name,
  required: false,
  type,
});
const FIELDS = [
  field(1, "ts", "timestamptz"),
  field(2, "text", "string"),
  field(3, "long", "long"),
  field(4, "s", {
    type: "struct",
    fields: [
      field(5, "Inner", "string"),
      field(6, "n", "int"),
      field(7, "deep", { type: "struct", fields: [field(8, "x", "int")] }),
    ],
  }),
  field(9, "list", { type: "list", "element-id": 10, "element-required": false, element: "int" }),
  field(11, "things", {
    type: "list",
    "element-id": 12,
    "element-required": false,
    element: {
      type: "struct",
      fields: [
        field(13, "a", "int"),
        field(14, "b", { type: "list", "element-id": 15, "element-required": false, element: "string" }),
      ],
    },
  }),
];
const ts = "2026-01-05T12:00:00Z";

type Entry = readonly [path: string, repetition: number, definition: number, value: unknown];

/** The entries of a row, without that of `ts`; or why it does not fit. */
function laid(row: Omit<Row, "ts">): readonly Entry[] | string {
  const layout = rowLayout(rowShape(FIELDS));
  const reason = layout.lay({ ts, ...row });
  if (reason !== undefined) return reason;
  return Array.from({ length: layout.count }, (_, i): Entry => {
    const path = layout.leaves[i]?.path.join(".") ?? "";
    return [path, layout.repetitions[i] ?? -1, layout.definitions[i] ?? -1, layout.values[i]];
  }).slice(1);
}

/** The definition levels of the structs that the row has. */
function structsOf(row: Omit<Row, "ts">): number[] {
  const layout = rowLayout(rowShape(FIELDS));
  expect(layout.lay({ ts, ...row })).toBeUndefined();
  return layout.structs.slice(0, layout.structCount).map(({ definition }) => definition);
}

describe("rowLayout", () => {
  test("gives values outside lists their level, and says which structs are there", () => {
    expect(laid({ text: "x", s: { n: 1 } })).toEqual([
      ["text", 0, 1, "x"],
      ["s.n", 0, 2, 1],
    ]);
    expect(structsOf({ text: "x" })).toEqual([0]);
    expect(structsOf({ s: { n: null } })).toEqual([1, 0]);
    expect(structsOf({ s: { deep: {} }, text: null })).toEqual([2, 1, 0]);
    expect(structsOf({ things: [{ a: 1 }] })).toEqual([0]);
  });

  test("tells empty lists, null items and items apart by their levels", () => {
    expect(laid({ list: [] })).toEqual([["list.list.element", 0, 1, undefined]]);
    expect(laid({ list: [null, 5] })).toEqual([
      ["list.list.element", 0, 2, undefined],
      ["list.list.element", 1, 3, 5],
    ]);
    expect(laid({ things: [{ a: 1, b: ["p", "q"] }, { b: [] }, {}] })).toEqual([
      ["things.list.element.a", 0, 4, 1],
      ["things.list.element.b.list.element", 0, 6, "p"],
      ["things.list.element.b.list.element", 2, 6, "q"],
      ["things.list.element.b.list.element", 1, 4, undefined],
      ["things.list.element.a", 1, 3, undefined],
      ["things.list.element.a", 1, 3, undefined],
      ["things.list.element.b.list.element", 1, 3, undefined],
    ]);
  });

  test("takes a member in another case, and passes over those without a column", () => {
    expect(laid({ TEXT: "t", größe: "ä" })).toEqual([["text", 0, 1, "t"]]);
  });

  test("keeps any value of a text column as its JSON, bigint exact and lone surrogates replaced", () => {
    const values = [true, 1.5, { a: [1n, null] }, "x\ud800", "\\ud800 \u{1F600}"];
    expect(values.map((text) => laid({ text })[0]?.[3 as never])).toEqual([
      "true",
      "1.5",
      '{"a":[1,null]}',
      "x\ufffd",
      "\\ud800 \u{1F600}",
    ]);
  });

  test.each<[Omit<Row, "ts">, string]>([
    [{ long: 1.5 }, "long must be an integer of 64 bits, got 1.5"],
    [{ s: "x" }, 's must be an object, got "x"'],
    [{ s: { n: true } }, "s.n must be an integer of 32 bits, got true"],
    [{ s: { Inner: "a", inner: "b" } }, 'it has "inner" beside "Inner", which are one column'],
    [{ TEXT: "a", Text: "b" }, 'it has "Text" beside "text", which are one column'],
    [{ list: { a: 1 } }, 'list must be a list, got {"a":1}'],
    [{ list: [1, "x"], long: "y" }, 'list.element must be an integer of 32 bits, got "x"'],
    [
      { s: { n: { big: 2n ** 70n } } },
      's.n must be an integer of 32 bits, got {"big":1180591620717411303424}',
    ],
  ])("names the first misfit (%#)", (row, reason) => {
    expect(laid(row)).toBe(reason);
  });

  test("forgets a misfit with the next row", () => {
    const layout = rowLayout(rowShape(FIELDS));
    expect(layout.lay({ ts, text: "x", long: "x" })).toBeDefined();
    expect(layout.lay({ ts, long: 2n ** 63n - 1n })).toBeUndefined();
    expect(layout.count).toBe(2);
    expect(layout.values.slice(0, 2)).toEqual([Date.parse(ts) * 1000, 2n ** 63n - 1n]);
  });
});
