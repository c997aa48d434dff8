import { describe, expect, test } from "vitest";
import { metadataBytes } from "../../../src/lake/catalog/metadata-bytes.ts";
import { parseMetadata } from "../../../src/lake/spec/metadata.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import type { Int64, Snapshot, TableMetadata } from "../../../src/lake/spec/types.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";

const empty = newTable({ location: "/t", columns: SMALL_COLUMNS, properties: { a: "1" }, nowMs: 7 });

function snapshot(id: Int64): Snapshot {
  return {
    "snapshot-id": id,
    "sequence-number": 1,
    "timestamp-ms": 9,
    "manifest-list": `/t/metadata/snap-${id}.avro`,
    summary: { operation: "append" },
    "schema-id": 0,
  };
}

function again(metadata: TableMetadata): TableMetadata {
  return parseMetadata(new TextDecoder().decode(metadataBytes(metadata)), "/t/v1.metadata.json");
}

describe("metadataBytes", () => {
  test("holds every member, also when nothing is in the lists", () => {
    expect(again(empty)).toEqual(empty);
  });

  test("writes ids that no double holds exactly, beside others", () => {
    const snapshots = [snapshot(5), snapshot(2n ** 62n + 1n)];
    expect(again({ ...empty, snapshots }).snapshots).toEqual(snapshots);
  });

  test("writes what was added and leaves out what was removed since it wrote the others", () => {
    const [first, second, third] = [snapshot(1), snapshot(2), snapshot(3)];
    expect(again({ ...empty, snapshots: [first, second] }).snapshots).toEqual([first, second]);
    expect(again({ ...empty, snapshots: [second, third] }).snapshots).toEqual([second, third]);
  });
});
