import { describe, expect, test } from "vitest";
import { stringifyJson } from "../../../src/core/json.ts";
import { currentSnapshot, numberProperty, parseMetadata } from "../../../src/lake/spec/metadata.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { EVERY_TYPE_COLUMNS, SMALL_COLUMNS } from "../support/columns.ts";

const FILE = "/lake/t/metadata/v1.metadata.json";
const empty = newTable({ location: "/lake/t", columns: SMALL_COLUMNS, properties: {}, nowMs: 1000 });

describe("parseMetadata", () => {
  test("parseMetadata gives back what was written, members it does not know included", () => {
    const table = { ...empty, statistics: [{ "snapshot-id": 1 }] };
    expect(parseMetadata(stringifyJson(table), FILE)).toEqual(table);
  });

  test("parseMetadata reads decimals as Iceberg's own code writes them, wherever they stand", () => {
    const table = newTable({
      location: "/lake/t",
      columns: EVERY_TYPE_COLUMNS,
      properties: {},
      nowMs: 1000,
    });
    const [schema] = table.schemas;
    const map = { "key-id": 901, key: "string", "value-id": 902, "value-required": false };
    const money = {
      id: 900,
      name: "by_currency",
      required: false,
      type: { type: "map", ...map, value: "decimal(12,4)" },
    };
    const wanted = { ...table, schemas: [{ ...schema, fields: [...(schema?.fields ?? []), money] }] };
    const text = stringifyJson(wanted).replaceAll(/(decimal\(\d+),/g, "$1, ");
    expect(text).toContain("decimal(12, 4)");
    expect(parseMetadata(text, FILE)).toEqual(wanted);
  });

  test("parseMetadata keeps ids of 63 bits exact", () => {
    const id = 9_223_372_036_854_775_807n;
    const text = stringifyJson({
      ...empty,
      "current-snapshot-id": id,
      snapshots: [
        {
          "snapshot-id": id,
          "sequence-number": 1,
          "timestamp-ms": 1,
          "manifest-list": "/x",
          summary: {},
        },
      ],
    });
    const table = parseMetadata(text, FILE);
    expect(currentSnapshot(table)?.["snapshot-id"]).toBe(id);
    expect(table.refs["main"]?.["snapshot-id"]).toBe(id);
    expect(stringifyJson(table)).toContain("9223372036854775807");
  });

  test.each([-1, null])("parseMetadata takes a current-snapshot-id of %s for none", (id) => {
    const table = parseMetadata(stringifyJson({ ...empty, "current-snapshot-id": id }), FILE);
    expect(table).not.toHaveProperty("current-snapshot-id");
    expect(currentSnapshot(table)).toBeUndefined();
  });

  test.each([
    ["", "no JSON"],
    ['{"format-version":2', "no JSON"],
    ["[]", "no JSON object"],
    ["{}", "format-version is missing"],
    [stringifyJson({ ...empty, schemas: {} }), "schemas is no array"],
    [stringifyJson({ ...empty, "table-uuid": 5 }), "table-uuid is no string"],
    [stringifyJson({ ...empty, "current-schema-id": 7 }), "current schema is missing"],
    [stringifyJson({ ...empty, "default-spec-id": 7 }), "partition spec is missing"],
    [stringifyJson({ ...empty, "current-snapshot-id": 7 }), "current snapshot is missing"],
    [stringifyJson({ ...empty, snapshots: [1] }), "snapshots is no array of objects"],
    [stringifyJson({ ...empty, properties: [] }), "properties are no object"],
    [stringifyJson({ ...empty, refs: [] }), "refs are no object"],
  ])("parseMetadata refuses a damaged file and says which and what to do (%#)", (text, reason) => {
    expect(() => parseMetadata(text, FILE)).toThrow(
      expect.objectContaining({
        code: "lake_metadata_invalid",
        message: expect.stringMatching(new RegExp(`${FILE}: .*${reason}.*backup`)),
      }),
    );
  });

  test.each([1, 3])("parseMetadata refuses format version %s", (version) => {
    expect(() => parseMetadata(stringifyJson({ ...empty, "format-version": version }), FILE)).toThrow(
      expect.objectContaining({ code: "lake_format_unsupported" }),
    );
  });

  test("numberProperty falls back where the text is no positive number", () => {
    const read = (value: string): number => numberProperty({ key: value }, { key: "key", fallback: 7 });
    expect([read("12"), read("x"), read("-1"), read("")]).toEqual([12, 7, 7, 7]);
  });
});
