import * as fc from "fast-check";
import { expect, test } from "vitest";

import { walkLeaves } from "../../src/core/columns.ts";
import type { Column, ColumnType } from "../../src/core/columns.ts";
import { mergeColumns, withoutEmptyStructs } from "../../src/config/merge-columns.ts";

const { columns } = fc.letrec<{ columns: Column[]; type: ColumnType }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<ColumnType>("string", "long", "timestamptz"),
    tie("columns").map((fields): ColumnType => ({ type: "struct", fields })),
    tie("type").map((element): ColumnType => ({ type: "list", element })),
  ),
  columns: fc.uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c", "d"), type: tie("type") }), {
    selector: (column) => column.name,
    maxLength: 4,
  }),
}));

/** The same columns with every level sorted by name. */
function sorted(level: readonly Column[]): readonly Column[] {
  return level
    .map((column) => ({ ...column, type: sortedType(column.type) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function sortedType(type: ColumnType): ColumnType {
  if (typeof type === "string") return type;
  return type.type === "list"
    ? { type: "list", element: sortedType(type.element) }
    : { type: "struct", fields: sorted(type.fields) };
}

function leaves(level: readonly Column[]): readonly string[] {
  const paths: string[] = [];
  walkLeaves(level, (path) => paths.push(path));
  return paths;
}

test("mergeColumns keeps every column of the base, its type and its place", () => {
  fc.assert(
    fc.property(columns, columns, (base, added) => {
      const merged = mergeColumns(base, added).columns;
      expect(merged.slice(0, base.length).map((column) => column.name)).toEqual(
        base.map((column) => column.name),
      );
      expect(leaves(merged)).toEqual(expect.arrayContaining([...leaves(base)]));
    }),
  );
});

test("mergeColumns adds nothing the second time", () => {
  fc.assert(
    fc.property(columns, columns, (base, added) => {
      const once = mergeColumns(base, added);
      const twice = mergeColumns(once.columns, added);
      expect(twice.columns).toEqual(once.columns);
      expect(twice.conflicts).toEqual(once.conflicts);
    }),
  );
});

test("mergeColumns does not care for the order of additions, but for the order of columns", () => {
  fc.assert(
    fc.property(columns, columns, columns, (base, first, second) => {
      const there = mergeColumns(mergeColumns(base, first).columns, second);
      const back = mergeColumns(mergeColumns(base, second).columns, first);
      fc.pre(mergeColumns(first, second).conflicts.length === 0);
      expect(sorted(there.columns)).toEqual(sorted(back.columns));
    }),
  );
});

test("mergeColumns reports the outermost difference with its path", () => {
  const struct = (fields: readonly Column[]): ColumnType => ({ type: "struct", fields });
  const list = (element: ColumnType): ColumnType => ({ type: "list", element });
  const base: Column[] = [
    { name: "a", type: struct([{ name: "b", type: list(struct([{ name: "c", type: "long" }])) }]) },
    { name: "d", type: "string" },
  ];
  const added: Column[] = [
    { name: "a", type: struct([{ name: "b", type: list(struct([{ name: "c", type: "int" }])) }]) },
    { name: "d", type: struct([{ name: "e", type: "string" }]) },
  ];
  const { columns: merged, conflicts } = mergeColumns(base, added);
  expect(merged).toEqual(base);
  expect(conflicts.map(({ path }) => path)).toEqual(["a.b.c", "d"]);
});

test("mergeColumns keeps the doc of the base and takes one where there was none", () => {
  const merged = mergeColumns(
    [
      { name: "a", type: "long", doc: "base" },
      { name: "b", type: "long" },
    ],
    [
      { name: "a", type: "long", doc: "added" },
      { name: "b", type: "long", doc: "added" },
    ],
  );
  expect(merged.columns.map((column) => column.doc)).toEqual(["base", "added"]);
});

test("withoutEmptyStructs leaves no struct without fields and touches nothing else", () => {
  fc.assert(
    fc.property(columns, (level) => {
      const pruned = withoutEmptyStructs(level);
      expect(JSON.stringify(pruned)).not.toContain('"fields":[]');
      expect(withoutEmptyStructs(pruned)).toEqual(pruned);
    }),
  );
  const whole: Column[] = [{ name: "a", type: { type: "struct", fields: [{ name: "b", type: "long" }] } }];
  expect(withoutEmptyStructs(whole)).toEqual(whole);
});
