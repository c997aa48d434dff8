import { describe, expect, test } from "vitest";
import type { Column, ColumnType } from "../../../src/core/columns.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { type EvolutionPlan, planEvolution } from "../../../src/lake/spec/plan-evolution.ts";
import { columnsOf } from "../../../src/lake/spec/schema.ts";
import type { NestedField, StructFieldType, TableMetadata } from "../../../src/lake/spec/types.ts";

const struct = (...fields: Column[]): ColumnType => ({ type: "struct", fields });
const list = (element: ColumnType): ColumnType => ({ type: "list", element });
const TS: Column = { name: "ts", type: "timestamptz" };

function tableWith(...columns: Column[]): TableMetadata {
  return newTable({ location: "/w/d/t", columns: [TS, ...columns], properties: {}, nowMs: 0 });
}

function plan(have: readonly Column[], want: readonly Column[]): EvolutionPlan {
  return planEvolution(tableWith(...have), [TS, ...want]);
}

/** The table after another engine gave it a schema of its own making. */
function withSchema(
  metadata: TableMetadata,
  change: (fields: readonly NestedField[]) => readonly NestedField[],
): TableMetadata {
  const [first] = metadata.schemas;
  if (first === undefined) throw new Error("there is no schema");
  const next = { ...first, "schema-id": 1, fields: change(first.fields) };
  return { ...metadata, schemas: [first, next], "current-schema-id": 1 };
}

/** Changes the members of the struct `s`. */
function inStruct(change: (members: readonly NestedField[]) => readonly NestedField[]) {
  return (fields: readonly NestedField[]): readonly NestedField[] =>
    fields.map((field) =>
      field.name === "s"
        ? { ...field, type: { type: "struct", fields: change((field.type as StructFieldType).fields) } }
        : field,
    );
}

const NESTED: Column = { name: "s", type: struct({ name: "a", type: "int" }, { name: "b", type: "string" }) };

describe("planEvolution", () => {
  test("has nothing to do where the table has all, also of a wider type", () => {
    const have: Column[] = [NESTED, { name: "n", type: "long" }];
    expect(plan(have, [NESTED, { name: "n", type: "int" }])).toEqual({
      schema: undefined,
      lastColumnId: 5,
      added: [],
      promoted: [],
      unwanted: [],
      renames: [],
      conflicts: [],
    });
  });

  test("names what is added, promoted and no longer wanted by dotted paths, at every level", () => {
    const have: Column[] = [
      { name: "s", type: struct({ name: "a", type: "int" }, { name: "gone", type: "boolean" }) },
      { name: "things", type: list(struct({ name: "x", type: "float" }, { name: "old", type: "date" })) },
      { name: "money", type: "decimal(5,2)" },
    ];
    const want: Column[] = [
      {
        name: "s",
        type: struct({ name: "a", type: "long" }, { name: "t", type: struct({ name: "u", type: "int" }) }),
      },
      { name: "things", type: list(struct({ name: "x", type: "double" }, { name: "y", type: "string" })) },
      { name: "money", type: "decimal(9,2)" },
      { name: "lists", type: list(list(struct({ name: "z", type: "int" }))) },
    ];
    expect(plan(have, want)).toMatchObject({
      schema: { "schema-id": 1 },
      added: [
        { path: "s.t.u", type: "int" },
        { path: "things.element.y", type: "string" },
        { path: "lists", type: "list<list<struct<z: int>>>" },
      ],
      promoted: [
        { path: "s.a", from: "int", to: "long" },
        { path: "things.element.x", from: "float", to: "double" },
        { path: "money", from: "decimal(5,2)", to: "decimal(9,2)" },
      ],
      unwanted: [
        { path: "s.gone", type: "boolean" },
        { path: "things.element.old", type: "date" },
      ],
      renames: [],
      conflicts: [],
    });
  });

  test("reports every conflict at once with path and reason", () => {
    const have: Column[] = [NESTED, { name: "n", type: "double" }, { name: "l", type: list("int") }];
    const want: Column[] = [
      { name: "s", type: struct({ name: "a", type: "string" }, { name: "B", type: "string" }) },
      { name: "n", type: "float" },
      { name: "l", type: list("boolean") },
      { name: "ts_day", type: "date" },
      { name: "bytes", type: "fixed[4]" },
    ];
    const { conflicts } = plan(have, want);
    expect(conflicts.map(({ path, reason }) => [path, reason])).toEqual([
      ["s.a", "the table has type int, wanted is string"],
      ["s.B", 'it differs from "b" in case only'],
      ["l.element", "the table has type int, wanted is boolean"],
      ["ts_day", "it is the name of the partition"],
      ["bytes", expect.stringContaining("fixed[4]")],
    ]);
    expect(new Set(conflicts.map(({ code }) => code))).toEqual(new Set(["lake_schema_conflict"]));
  });

  test("takes one that goes and one of its type that comes, in the same struct, for a rename", () => {
    const want: Column[] = [
      { name: "s", type: struct({ name: "a", type: "int" }, { name: "c", type: "string" }) },
    ];
    expect(plan([NESTED], want).renames).toEqual([{ from: "s.b", to: "s.c" }]);
    const elsewhere: Column[] = [
      { name: "s", type: struct({ name: "a", type: "int" }) },
      { name: "c", type: "string" },
    ];
    expect(plan([NESTED], elsewhere).renames).toEqual([]);
    const several: Column[] = [
      {
        name: "s",
        type: struct(
          { name: "a", type: "int" },
          { name: "c", type: "string" },
          { name: "d", type: "string" },
        ),
      },
    ];
    expect(plan([NESTED], several).renames).toEqual([]);
  });
});

describe("planEvolution of a table that another engine changed", () => {
  test("gives a dropped member of a struct its id back", () => {
    const metadata = withSchema(
      tableWith(NESTED),
      inStruct((members) => members.filter(({ name }) => name !== "a")),
    );
    const restored = planEvolution(metadata, [TS, NESTED]);
    expect(restored).toMatchObject({ added: [{ path: "s.a", type: "int" }], conflicts: [], lastColumnId: 4 });
    const s = restored.schema?.fields.find(({ name }) => name === "s")?.type as StructFieldType;
    expect(s.fields.map(({ id, name }) => [id, name])).toEqual([
      [4, "b"],
      [3, "a"],
    ]);
  });

  test.each([
    ["a", "string", 1],
    ["A", "int", 1],
    ["a", "long", 0],
  ] as const)("a dropped member that comes back as %s of type %s: %i conflicts", (name, type, count) => {
    const metadata = withSchema(
      tableWith(NESTED),
      inStruct((members) => members.filter((member) => member.name !== "a")),
    );
    const wanted: Column = { name: "s", type: struct({ name, type }, { name: "b", type: "string" }) };
    expect(planEvolution(metadata, [TS, wanted]).conflicts).toHaveLength(count);
  });

  test("a column of the top level that was dropped may come back with any type: it is found by id", () => {
    const metadata = withSchema(tableWith({ name: "n", type: "int" }), (fields) => fields.slice(0, 1));
    const { schema, conflicts } = planEvolution(metadata, [TS, { name: "n", type: "string" }]);
    expect(conflicts).toEqual([]);
    expect(schema?.fields.map(({ id, name }) => [id, name])).toEqual([
      [1, "ts"],
      [3, "n"],
    ]);
  });

  test("refuses a renamed member of a struct, and nothing for a renamed column", () => {
    const rename = (fields: readonly NestedField[]): readonly NestedField[] =>
      fields.map((field) => (field.name === "a" ? { ...field, name: "z" } : field));
    const renamed = withSchema(tableWith(NESTED), inStruct(rename));
    expect(planEvolution(renamed, [TS, NESTED]).conflicts).toEqual([
      {
        path: "s.z",
        reason: expect.stringContaining('renamed it, it was "a" before'),
        code: "lake_format_unsupported",
      },
    ]);
    const top = withSchema(tableWith({ name: "a", type: "int" }), rename);
    expect(planEvolution(top, [TS, { name: "a", type: "int" }])).toMatchObject({
      conflicts: [],
      added: [{ path: "a" }],
      unwanted: [{ path: "z" }],
      renames: [{ from: "z", to: "a" }],
    });
  });

  test.each([
    ["string", 1],
    ["int", 0],
  ])("a member that it dropped and added again as %s: %i conflicts", (type, count) => {
    const metadata = withSchema(
      tableWith(NESTED),
      inStruct((members) =>
        members.map((member) => (member.name === "a" ? { ...member, id: 5, type } : member)),
      ),
    );
    const wanted: Column = { name: "s", type: struct({ name: "b", type: "string" }) };
    const { conflicts } = planEvolution({ ...metadata, "last-column-id": 5 }, [TS, wanted]);
    expect(conflicts.map(({ path }) => path)).toEqual(Array(count).fill("s.a"));
  });

  test("refuses a column that may not be null, but for ts", () => {
    const metadata = withSchema(tableWith(NESTED), (fields) =>
      inStruct((members) => members.map((member) => ({ ...member, required: member.name === "b" })))(
        fields.map((field) => ({ ...field, required: field.name === "ts" })),
      ),
    );
    expect(planEvolution(metadata, [TS, NESTED]).conflicts).toMatchObject([
      { path: "s.b", code: "lake_format_unsupported" },
    ]);
  });

  test("takes another default partition spec and sort order beside ours, and refuses a table without day(ts)", () => {
    const metadata = tableWith(NESTED);
    const [day] = metadata["partition-specs"];
    const hour = {
      "spec-id": 1,
      fields: [{ "source-id": 1, "field-id": 1001, name: "ts_hour", transform: "hour" }],
    };
    const beside: TableMetadata = {
      ...metadata,
      "partition-specs": [...(day === undefined ? [] : [day]), hour],
      "default-spec-id": 1,
      "default-sort-order-id": 0,
    };
    expect(planEvolution(beside, [TS, NESTED]).conflicts).toEqual([]);
    expect(planEvolution(beside, [TS, { name: "ts_hour", type: "int" }]).conflicts).toMatchObject([
      { path: "ts_hour" },
    ]);
    expect(planEvolution({ ...beside, "partition-specs": [hour] }, [TS, NESTED]).conflicts).toEqual([
      { path: "ts", reason: "the table is not partitioned by day(ts)", code: "lake_format_unsupported" },
    ]);
  });

  test("refuses a table whose ts was dropped, rather than beginning another", () => {
    const metadata = withSchema(tableWith(NESTED), (fields) => fields.slice(1));
    expect(planEvolution(metadata, [TS, NESTED]).conflicts).toMatchObject([
      { path: "ts", code: "lake_format_unsupported" },
    ]);
  });

  test("columns that it added stay and are named as not wanted", () => {
    const metadata = withSchema(tableWith(), (fields) => [
      ...fields,
      { id: 2, name: "theirs", required: false, type: "int" },
    ]);
    const { schema, unwanted } = planEvolution({ ...metadata, "last-column-id": 2 }, [TS, NESTED]);
    expect(unwanted).toEqual([{ path: "theirs", type: "int" }]);
    expect(columnsOf(schema?.fields ?? []).map(({ name }) => name)).toEqual(["ts", "theirs", "s"]);
  });
});
