import { describe, expect, test } from "vitest";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { failedRequirement } from "../../../src/lake/spec/requirements.ts";
import type { Snapshot, TableMetadata, TableUpdate } from "../../../src/lake/spec/types.ts";
import { applyUpdates } from "../../../src/lake/spec/updates.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";

const empty = newTable({ location: "/t", columns: SMALL_COLUMNS, properties: { mine: "1" }, nowMs: 1000 });

function snapshot(id: number, sequence: number): Snapshot {
  return {
    "snapshot-id": id,
    "sequence-number": sequence,
    "timestamp-ms": 1000 + sequence,
    "manifest-list": `/t/snap-${id}.avro`,
    summary: { operation: "append" },
  };
}

function addTo(table: TableMetadata, id: number, nowMs: number): TableMetadata {
  const updates: TableUpdate[] = [
    { action: "add-snapshot", snapshot: snapshot(id, table["last-sequence-number"] + 1) },
    { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id },
  ];
  return applyUpdates(table, updates, { metadataLocation: `/t/v${nowMs}.metadata.json`, nowMs });
}

describe("newTable", () => {
  test("newTable has every member that the specification requires of v2", () => {
    for (const key of [
      "format-version",
      "table-uuid",
      "location",
      "last-sequence-number",
      "last-updated-ms",
      "last-column-id",
      "schemas",
      "current-schema-id",
      "partition-specs",
      "default-spec-id",
      "last-partition-id",
      "sort-orders",
      "default-sort-order-id",
    ]) {
      expect(empty).toHaveProperty(key);
    }
    expect(empty).not.toHaveProperty("current-snapshot-id");
    expect(empty["partition-specs"][0]?.fields).toEqual([
      { "source-id": 1, "field-id": 1000, name: "ts_day", transform: "day" },
    ]);
    expect(empty.properties["mine"]).toBe("1");
    expect(empty.properties["write.parquet.compression-codec"]).toBe("zstd");
  });

  test("newTable wants ts and no column of the partition's name", () => {
    const make = (columns: typeof SMALL_COLUMNS): unknown =>
      newTable({ location: "/t", columns, properties: {}, nowMs: 0 });
    expect(() => make([{ name: "n", type: "int" }])).toThrow("column ts");
    expect(() => make([{ name: "ts", type: "string" }])).toThrow("column ts");
    expect(() => make([...SMALL_COLUMNS, { name: "ts_day", type: "int" }])).toThrow("ts_day");
  });
});

describe("applyUpdates", () => {
  test("applyUpdates adds a snapshot: sequence number, main, snapshot log, metadata log", () => {
    const one = addTo(empty, 11, 2000);
    const two = addTo(one, 12, 3000);
    expect(two["last-sequence-number"]).toBe(2);
    expect(two["current-snapshot-id"]).toBe(12);
    expect(two.refs["main"]).toEqual({ type: "branch", "snapshot-id": 12 });
    expect(two["snapshot-log"]).toEqual([
      { "snapshot-id": 11, "timestamp-ms": 2000 },
      { "snapshot-id": 12, "timestamp-ms": 3000 },
    ]);
    expect(two["metadata-log"]).toEqual([
      { "metadata-file": "/t/v2000.metadata.json", "timestamp-ms": 1000 },
      { "metadata-file": "/t/v3000.metadata.json", "timestamp-ms": 2000 },
    ]);
    expect(empty.snapshots).toEqual([]);
  });

  test("applyUpdates never lets last-updated-ms go back", () => {
    const one = addTo(empty, 11, 5000);
    expect(addTo(one, 12, 4000)["last-updated-ms"]).toBe(5000);
  });

  test("applyUpdates keeps only so many entries of the metadata log", () => {
    let table: TableMetadata = {
      ...empty,
      properties: { "write.metadata.previous-versions-max": "3" },
    };
    for (let i = 1; i <= 6; i += 1) table = addTo(table, i, 1000 + i);
    expect(table["metadata-log"].map((entry) => entry["metadata-file"])).toEqual([
      "/t/v1004.metadata.json",
      "/t/v1005.metadata.json",
      "/t/v1006.metadata.json",
    ]);
  });

  test("applyUpdates removes snapshots with their references and cuts the log after the last of them", () => {
    let table = empty;
    for (const id of [1, 2, 3, 4]) table = addTo(table, id, 1000 + id);
    table = applyUpdates(
      table,
      [
        { action: "set-snapshot-ref", "ref-name": "old", type: "tag", "snapshot-id": 2 },
        { action: "remove-snapshots", "snapshot-ids": [2] },
      ],
      { metadataLocation: "/t/x", nowMs: 9000 },
    );
    expect(table.snapshots.map((item) => item["snapshot-id"])).toEqual([1, 3, 4]);
    expect(table["snapshot-log"].map((entry) => entry["snapshot-id"])).toEqual([3, 4]);
    expect(Object.keys(table.refs)).toEqual(["main"]);
    expect(() =>
      applyUpdates(table, [{ action: "remove-snapshots", "snapshot-ids": [4] }], {
        metadataLocation: "/t/y",
        nowMs: 9001,
      }),
    ).toThrow("current snapshot");
  });

  test("applyUpdates sets and removes properties, adds schemas", () => {
    const schema = { ...empty.schemas[0]!, "schema-id": 5 };
    const table = applyUpdates(
      empty,
      [
        { action: "set-properties", updates: { a: "1", b: "2" } },
        { action: "remove-properties", removals: ["a", "mine"] },
        { action: "add-schema", schema, "last-column-id": 99 },
        { action: "set-current-schema", "schema-id": -1 },
      ],
      { metadataLocation: "/t/x", nowMs: 2000 },
    );
    expect(table.properties["b"]).toBe("2");
    expect(table.properties).not.toHaveProperty("a");
    expect(table.properties).not.toHaveProperty("mine");
    expect([table["current-schema-id"], table["last-column-id"], table.schemas.length]).toEqual([5, 99, 2]);
  });

  test("applyUpdates refuses what does not exist", () => {
    const apply = (update: TableUpdate): unknown =>
      applyUpdates(empty, [update], { metadataLocation: "/t/x", nowMs: 0 });
    expect(() => apply({ action: "set-current-schema", "schema-id": 7 })).toThrow(RangeError);
    expect(() =>
      apply({ action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": 1 }),
    ).toThrow(RangeError);
  });
});

describe("failedRequirement", () => {
  const table = addTo(empty, 11, 2000);

  test("failedRequirement finds nothing where all are met", () => {
    expect(failedRequirement(undefined, [{ type: "assert-create" }])).toBeUndefined();
    expect(
      failedRequirement(table, [
        { type: "assert-table-uuid", uuid: table["table-uuid"] },
        { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": 11 },
        { type: "assert-ref-snapshot-id", ref: "other", "snapshot-id": null },
        { type: "assert-current-schema-id", "current-schema-id": 0 },
        { type: "assert-last-assigned-field-id", "last-assigned-field-id": table["last-column-id"] },
      ]),
    ).toBeUndefined();
  });

  test.each([
    { type: "assert-create" },
    { type: "assert-table-uuid", uuid: "other" },
    { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": 12 },
    { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": null },
    { type: "assert-current-schema-id", "current-schema-id": 1 },
    { type: "assert-last-assigned-field-id", "last-assigned-field-id": 0 },
  ] as const)("failedRequirement finds $type", (requirement) => {
    expect(failedRequirement(table, [requirement])).toBe(requirement);
  });
});
