import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column, ColumnType } from "../../../src/core/columns.ts";
import { DuolakeError } from "../../../src/core/errors.ts";
import { evolve } from "../../../src/lake/spec/evolve.ts";
import { columnsOf, leavesOf, schemaOf } from "../../../src/lake/spec/schema.ts";
import type { FieldType, NestedField, Schema } from "../../../src/lake/spec/types.ts";

const make = (columns: readonly Column[]): { schema: Schema; ids: { last: number } } => {
  const ids = { last: 0 };
  return { schema: schemaOf(columns, { schemaId: 0, ids }), ids };
};
const struct = (...fields: Column[]): ColumnType => ({ type: "struct", fields });
const list = (element: ColumnType): ColumnType => ({ type: "list", element });

function idsOf(fields: readonly NestedField[]): number[] {
  const ids: number[] = [];
  const visit = (type: FieldType): void => {
    if (typeof type === "string") return;
    if (type.type === "struct") {
      for (const field of type.fields) {
        ids.push(field.id);
        visit(field.type);
      }
    } else if (type.type === "list") {
      ids.push(type["element-id"]);
      visit(type.element);
    }
  };
  visit({ type: "struct", fields });
  return ids;
}

const columns: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  {
    name: "a",
    type: struct(
      { name: "b", type: "int", doc: "B." },
      { name: "items", type: list(struct({ name: "x", type: "float" })) },
    ),
  },
  { name: "money", type: "decimal(9,2)" },
];

describe("schemaOf", () => {
  test("schemaOf numbers top-level columns first, every field once, and keeps doc", () => {
    const { schema, ids } = make(columns);
    expect(schema.fields.map((field) => field.id)).toEqual([1, 2, 3]);
    const all = idsOf(schema.fields);
    expect(new Set(all).size).toBe(all.length);
    expect(ids.last).toBe(Math.max(...all));
    expect(columnsOf(schema.fields)).toEqual(columns);
  });

  test("leavesOf knows paths and what is below a list", () => {
    expect(
      leavesOf(make(columns).schema.fields).map(({ path, repeated }) => [path.join("."), repeated]),
    ).toEqual([
      ["ts", false],
      ["a.b", false],
      ["a.items.element.x", true],
      ["money", false],
    ]);
  });

  test("schemaOf refuses names that differ in case only, empty names and fixed-length bytes", () => {
    const refused: readonly Column[][] = [
      [
        { name: "A", type: "int" },
        { name: "a", type: "int" },
      ],
      [{ name: "", type: "int" }],
      [{ name: "x", type: "fixed[16]" }],
    ];
    for (const bad of refused) {
      expect(() => make(bad)).toThrow(expect.objectContaining({ code: "lake_schema_conflict" }));
    }
  });
});

describe("evolve", () => {
  const merge = (wanted: readonly Column[]): Schema | undefined => {
    const { schema, ids } = make(columns);
    return evolve(schema, wanted, { schemaId: 1, ids });
  };

  test("evolve gives nothing when nothing is missing, also for narrower types and fewer columns", () => {
    expect(merge(columns)).toBeUndefined();
    expect(merge([{ name: "ts", type: "timestamptz" }])).toBeUndefined();
    expect(merge([{ name: "money", type: "decimal(5,2)" }])).toBeUndefined();
  });

  test("evolve adds columns, members of structs and of list elements, with new ids", () => {
    const { schema, ids } = make(columns);
    const last = ids.last;
    const wanted: readonly Column[] = [
      { name: "new", type: list("string") },
      {
        name: "a",
        type: struct(
          { name: "c", type: "string" },
          { name: "items", type: list(struct({ name: "y", type: "int" })) },
        ),
      },
    ];
    const next = evolve(schema, wanted, { schemaId: 1, ids });
    expect(next?.["schema-id"]).toBe(1);
    expect(columnsOf(next?.fields ?? [])).toEqual([
      columns[0],
      {
        name: "a",
        type: struct(
          { name: "b", type: "int", doc: "B." },
          {
            name: "items",
            type: list(struct({ name: "x", type: "float" }, { name: "y", type: "int" })),
          },
          { name: "c", type: "string" },
        ),
      },
      columns[2],
      { name: "new", type: list("string") },
    ]);
    const before = new Set(idsOf(schema.fields));
    const added = idsOf(next?.fields ?? []).filter((id) => !before.has(id));
    expect(added).toHaveLength(4);
    expect(Math.min(...added)).toBe(last + 1);
  });

  test.each([
    ["int", "long"],
    ["float", "double"],
    ["decimal(9,2)", "decimal(12,2)"],
  ] as const)("evolve promotes %s to %s and keeps the id", (from, to) => {
    const { schema, ids } = make([{ name: "x", type: from }]);
    const next = evolve(schema, [{ name: "x", type: to }], { schemaId: 1, ids });
    expect(next?.fields).toEqual([{ id: 1, name: "x", required: false, type: to }]);
  });

  test.each([
    ["x", { name: "x", type: "int" }, { name: "x", type: "string" }],
    ["x", { name: "x", type: "double" }, { name: "x", type: "int" }],
    ["x", { name: "x", type: "decimal(9,2)" }, { name: "x", type: "decimal(9,3)" }],
    ["x", { name: "x", type: list("int") }, { name: "x", type: "int" }],
    [
      "x.y",
      { name: "x", type: struct({ name: "y", type: "int" }) },
      { name: "x", type: struct({ name: "y", type: "boolean" }) },
    ],
    [
      "x.element.y",
      { name: "x", type: list(struct({ name: "y", type: "int" })) },
      { name: "x", type: list(struct({ name: "y", type: "date" })) },
    ],
  ] as readonly [string, Column, Column][])(
    "evolve refuses another type and names %s",
    (path, have, want) => {
      const { schema, ids } = make([have]);
      expect(() => evolve(schema, [want], { schemaId: 1, ids })).toThrow(
        expect.objectContaining({
          code: "lake_schema_conflict",
          message: expect.stringContaining(`column ${path}:`),
        }),
      );
    },
  );

  test("evolve refuses a column that differs from one of the table in case only", () => {
    expect(() => merge([{ name: "TS", type: "string" }])).toThrow("in case only");
  });

  test("evolve keeps every id, and is done after one time", () => {
    const type = fc.letrec<{ any: ColumnType; fields: Column[] }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<ColumnType>("int", "string", "double"),
        tie("fields").map((fields) => struct(...fields)),
        tie("any").map((element) => list(element)),
      ),
      fields: fc.uniqueArray(
        fc.record({ name: fc.constantFrom("a", "b", "c", "d"), type: tie("any") }, { noNullPrototype: true }),
        { selector: (column) => column.name, minLength: 1, maxLength: 4 },
      ),
    }));
    fc.assert(
      fc.property(type.fields, type.fields, (first, second) => {
        const { schema, ids } = make(first);
        let next: Schema | undefined;
        try {
          next = evolve(schema, second, { schemaId: 1, ids });
        } catch (error) {
          if (error instanceof DuolakeError && error.code === "lake_schema_conflict") return;
          throw error;
        }
        if (next === undefined) return;
        const all = idsOf(next.fields);
        expect(new Set(all).size).toBe(all.length);
        for (const id of idsOf(schema.fields)) expect(all).toContain(id);
        expect(evolve(next, second, { schemaId: 2, ids })).toBeUndefined();
        expect(evolve(next, first, { schemaId: 2, ids })).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
