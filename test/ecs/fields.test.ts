import { expect, test } from "vitest";
import type { ColumnType } from "../../src/core/columns.ts";
import { ecsNames, ecsType } from "../../src/ecs/fields.ts";

function isGroup(type: ColumnType | undefined): boolean {
  return type === undefined || (typeof type === "object" && type.type === "struct");
}

test("ecsType gives the type of a leaf", () => {
  expect(ecsType("event.action")).toBe("string");
  expect(ecsType("event.created")).toBe("timestamptz");
  expect(ecsType("source.port")).toBe("long");
  expect(ecsType("event.category")).toEqual({ type: "list", element: "string" });
  expect(ecsType("ts")).toBe("timestamptz");
  expect(ecsType("tags")).toEqual({ type: "list", element: "string" });
});

test("ecsType gives the whole group for an inner name", () => {
  expect(ecsType("source.geo.location")).toEqual({
    type: "struct",
    fields: [
      { name: "lon", type: "float" },
      { name: "lat", type: "float" },
    ],
  });
  expect(ecsType("ecs")).toEqual({ type: "struct", fields: [{ name: "version", type: "string" }] });
});

test("ecsType follows a name into a list of structs", () => {
  expect(ecsType("dns.answers.ttl")).toBe("long");
  expect(ecsType("dns.answers")).toMatchObject({ type: "list", element: { type: "struct" } });
});

test.each([
  "event.actoin",
  "",
  ".",
  "event.",
  "event.action.x",
  "@timestamp",
  "constructor",
  "event.__proto__",
])("ecsType knows no %j", (name) => {
  expect(ecsType(name)).toBeUndefined();
});

test("ecsNames lists every leaf once, each with a type that is no group", () => {
  const names = ecsNames();
  expect(names).toHaveLength(3033);
  expect(new Set(names).size).toBe(3033);
  expect(names.filter((name) => isGroup(ecsType(name)))).toEqual([]);
  expect(ecsNames()).toBe(names);
});

test("ecsType reads every instant as timestamptz", () => {
  const text = JSON.stringify(ecsNames().map((name) => ({ type: ecsType(name) })));
  expect(text.includes('"type":"timestamp"')).toBe(false);
  expect(text.includes('"type":"timestamptz"')).toBe(true);
});
