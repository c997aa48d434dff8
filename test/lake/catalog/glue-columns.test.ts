import { describe, expect, test } from "vitest";
import { glueColumns } from "../../../src/lake/catalog/glue-columns.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import type { FieldType, NestedField, TableMetadata } from "../../../src/lake/spec/types.ts";
import { EVERY_TYPE_COLUMNS } from "../support/columns.ts";

const made = newTable({ location: "/w/d/t", columns: EVERY_TYPE_COLUMNS, properties: {}, nowMs: 0 });

function withSchemas(current: number, ...fields: readonly (readonly NestedField[])[]): TableMetadata {
  const schemas = fields.map((some, id) => ({ type: "struct", "schema-id": id, fields: some }) as const);
  return { ...made, schemas, "current-schema-id": current };
}

function field(id: number, name: string, type: FieldType = "string", doc?: string): NestedField {
  return { id, name, required: false, type, ...(doc !== undefined && { doc }) };
}

function typesOf(metadata: TableMetadata): Record<string, string> {
  return Object.fromEntries(glueColumns(metadata).map(({ Name, Type }) => [Name, Type]));
}

describe("glueColumns", () => {
  test("gives every type the name that Hive has for it", () => {
    expect(typesOf(made)).toMatchObject({
      ts: "timestamp",
      flag: "boolean",
      i: "int",
      l: "bigint",
      f: "float",
      d: "double",
      day: "date",
      clock: "string",
      local: "timestamp",
      text: "string",
      uid: "string",
      raw: "binary",
      small_money: "decimal(9,2)",
      large_money: "decimal(38,10)",
    });
  });

  test.each<[FieldType, string]>([
    ["fixed[16]", "binary"],
    ["decimal(9, 2)", "decimal(9,2)"],
    ["timestamp_ns", "string"],
    [{ type: "list", "element-id": 3, "element-required": false, element: "long" }, "array<bigint>"],
    [
      {
        type: "map",
        "key-id": 3,
        key: "string",
        "value-id": 4,
        "value-required": false,
        value: "timestamptz",
      },
      "map<string,timestamp>",
    ],
    [
      {
        type: "struct",
        fields: [field(3, "a", "uuid"), field(4, "b", { type: "struct", fields: [field(5, "c", "date")] })],
      },
      "struct<a:string,b:struct<c:date>>",
    ],
  ])("writes %j as %s", (type, hive) => {
    expect(typesOf(withSchemas(0, [field(1, "x", type)]))).toEqual({ x: hive });
  });

  test("gives the current schema first, then what only earlier ones had, each name once", () => {
    const columns = glueColumns(
      withSchemas(
        1,
        [field(1, "ts"), field(2, "gone", "int"), field(3, "n", "int")],
        [field(1, "ts"), field(3, "n", "long"), { ...field(4, "New"), required: true }],
        [field(1, "TS", "int"), field(5, "later")],
      ),
    );
    expect(columns.map(({ Name, Type, Parameters }) => [Name, Type, ...Object.values(Parameters)])).toEqual([
      ["ts", "string", "1", "true", "true"],
      ["n", "bigint", "3", "true", "true"],
      ["new", "string", "4", "false", "true"],
      ["gone", "int", "2", "true", "false"],
      ["later", "string", "5", "true", "false"],
    ]);
  });

  test.each([
    ["Two\nlines,\ta tab\u0000.", "Two lines, a tab ."],
    ["x".repeat(300), "x".repeat(255)],
    [`${"x".repeat(254)}😀`, "x".repeat(254)],
  ])("makes a comment of the column's text that Glue takes", (doc, comment) => {
    expect(glueColumns(withSchemas(0, [field(1, "a", "string", doc)]))[0]?.Comment).toBe(comment);
  });

  test("gives no comment where the column has no text", () => {
    expect(glueColumns(withSchemas(0, [field(1, "a")]))[0]).not.toHaveProperty("Comment");
  });
});
