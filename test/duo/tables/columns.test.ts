import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { walkLeaves, type Column, type ColumnType } from "../../../src/core/columns.ts";
import { ecsType } from "../../../src/ecs/fields.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import { nestColumns } from "../../../src/duo/tables/common/nest-columns.ts";
import { tableColumns } from "../../../src/duo/tables/common/table-columns.ts";

/** The columns that tables written by other versions have; a change here breaks their readers. */
const PINNED = JSON.parse(
  readFileSync(new URL("../../fixtures/table-columns.json", import.meta.url), "utf8"),
) as Record<string, Record<string, string>>;

function typeText(type: ColumnType): string {
  if (typeof type === "string") return type;
  if (type.type === "list") return `list<${typeText(type.element)}>`;
  return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(", ")}>`;
}

function leavesOf(columns: readonly Column[]): Map<string, Column> {
  const leaves = new Map<string, Column>();
  walkLeaves(columns, (path, column) => {
    if (leaves.has(path)) throw new RangeError(`Cannot list leaves: twice there, got ${path}`);
    leaves.set(path, column);
  });
  return leaves;
}

/** The fields of structs inside lists, which `walkLeaves` does not enter. */
function elementFields(type: ColumnType): readonly Column[] {
  if (typeof type === "string" || type.type === "struct") return [];
  return typeof type.element === "object" && type.element.type === "struct" ? type.element.fields : [];
}

describe.each(LOG_TABLES.map((table) => [table.name, table.columns] as const))(
  "%s.columns",
  (name, columns) => {
    const leaves = leavesOf(columns());

    test("are those of Matano and the documented additions", () => {
      const found = Object.fromEntries([...leaves].map(([path, { type }]) => [path, typeText(type)]));
      expect(found).toEqual(PINNED[name]);
    });

    test("are computed once", () => {
      expect(columns()).toBe(columns());
    });

    test("begin with ts, duo, labels, tags", () => {
      expect(
        columns()
          .slice(0, 4)
          .map((column) => column.name),
      ).toEqual(["ts", "duo", "labels", "tags"]);
      expect(leaves.get("ts")?.type).toBe("timestamptz");
    });

    test("hold the identity and the time of the fetch", () => {
      expect(leaves.get("event.hash")?.type).toBe("string");
      expect(leaves.get("event.created")?.type).toBe("timestamptz");
      expect(leaves.get("event.original")?.type).toBe("string");
    });

    test("are described, each in a sentence", () => {
      const all = [...leaves.values()];
      const described = all.concat(all.flatMap(({ type }) => elementFields(type)));
      expect(described.filter(({ doc }) => doc === undefined || !/^[A-Z].*\.$/.test(doc))).toEqual([]);
    });

    test("have ECS's types outside duo, which is the table's own", () => {
      const paths = [...leaves.keys()];
      const own = new Set(paths.filter((path) => path.startsWith(`duo.${name}.`)));
      const foreign = paths.filter((path) => !own.has(path));
      expect(foreign.filter((path) => path.startsWith("duo."))).toEqual([]);
      expect(foreign.map((path) => leaves.get(path)?.type)).toEqual(foreign.map((path) => ecsType(path)));
    });

    test("have names that differ when case is ignored", () => {
      const check = (level: readonly Column[]): void => {
        const names = level.map((column) => column.name.toLowerCase());
        expect(new Set(names).size).toBe(names.length);
        for (const { type } of level) {
          if (typeof type === "object" && type.type === "struct") check(type.fields);
          check(elementFields(type));
        }
      };
      check(columns());
    });
  },
);

test("nestColumns lets names with an equal beginning share one struct, where the first stood", () => {
  const leaf = (name: string): Column => ({ name, type: "string" });
  expect(nestColumns([leaf("a.b.c"), leaf("d"), leaf("a.e"), leaf("a.b.f"), leaf("d")])).toEqual([
    {
      name: "a",
      type: {
        type: "struct",
        fields: [{ name: "b", type: { type: "struct", fields: [leaf("c"), leaf("f")] } }, leaf("e")],
      },
    },
    leaf("d"),
  ]);
});

test("tableColumns refuses a field that ECS does not have", () => {
  const declared = { inMatano: true, duo: [], ecs: ["event.actoin"], added: { duo: [], ecs: [] } };
  expect(() => tableColumns(declared)).toThrow(/event\.actoin/);
});
