import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAvro, writeAvro } from "../../../src/lake/spec/avro.ts";
import type { DataFileEntry, ManifestEntry } from "../../../src/lake/spec/manifest.ts";
import {
  ADDED,
  EXISTING,
  partitionSummaries,
  readManifest,
  writeManifest,
} from "../../../src/lake/spec/manifest.ts";
import type { ManifestFile } from "../../../src/lake/spec/manifest-list.ts";
import { hasLiveFiles, readManifestList, writeManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { int64 } from "../../../src/lake/spec/types.ts";
import { intBytes } from "../../../src/lake/spec/values.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { independentAvro } from "../support/independent-avro.ts";

const table = newTable({ location: "/t", columns: SMALL_COLUMNS, properties: {}, nowMs: 0 });
const [schema] = table.schemas;
const [spec] = table["partition-specs"];
if (schema === undefined || spec === undefined) throw new Error("Cannot test without a schema");

const pairFields = [
  { name: "key", type: "int" },
  { name: "value", type: "long" },
];

/** A schema as manifests hold it. */
function withoutDocs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === "doc" ? undefined : item)));
}

const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(int64);
const counts = fc.option(
  fc
    .dictionary(fc.nat(99).map(String), fc.nat())
    .map((object) => new Map(Object.entries(object).map(([key, value]) => [Number(key), value]))),
);
const bounds = fc.option(
  fc
    .dictionary(fc.nat(99).map(String), fc.uint8Array({ maxLength: 20 }))
    .map((object) => new Map(Object.entries(object).map(([key, value]) => [Number(key), value]))),
);
const dataFile = fc
  .record(
    {
      content: fc.constant(0),
      file_path: fc.string({ unit: "binary" }),
      file_format: fc.constant("PARQUET"),
      partition: fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 })).map((day) => ({ ts_day: day })),
      record_count: fc.nat(),
      file_size_in_bytes: fc.nat(),
      column_sizes: counts,
      value_counts: counts,
      null_value_counts: counts,
      nan_value_counts: counts,
      lower_bounds: bounds,
      upper_bounds: bounds,
      key_metadata: fc.constant(null),
      split_offsets: fc.option(fc.array(fc.nat())),
      equality_ids: fc.constant(null),
      sort_order_id: fc.option(fc.nat(5)),
    },
    { noNullPrototype: true },
  )
  .map((file) => file as DataFileEntry);
const existing: fc.Arbitrary<ManifestEntry> = fc.record(
  {
    status: fc.constant(EXISTING),
    snapshot_id: id,
    sequence_number: fc.nat(),
    file_sequence_number: fc.nat(),
    data_file: dataFile,
  },
  { noNullPrototype: true },
);

const line: ManifestFile = {
  manifest_path: "/t/metadata/m0.avro",
  manifest_length: 10,
  partition_spec_id: 0,
  content: 0,
  sequence_number: 9,
  min_sequence_number: 3,
  added_snapshot_id: 77,
  added_files_count: 1,
  existing_files_count: 0,
  deleted_files_count: 0,
  added_rows_count: 5,
  existing_rows_count: 0,
  deleted_rows_count: 0,
  partitions: [
    { contains_null: false, contains_nan: false, lower_bound: intBytes(-1), upper_bound: intBytes(5) },
  ],
  key_metadata: null,
};

describe("manifest", () => {
  test("readManifest gives back what writeManifest wrote", () => {
    fc.assert(
      fc.property(fc.array(existing, { minLength: 1, maxLength: 8 }), (entries) => {
        expect(readManifest(writeManifest({ entries, schema, spec }), line)).toEqual(entries);
      }),
      { numRuns: 60 },
    );
  });

  test("readManifest fills in what an ADDED entry inherits, and nothing for EXISTING ones", () => {
    const [file] = fc.sample(dataFile, 1);
    if (file === undefined) throw new Error("Cannot test without a file");
    const inherit = { snapshot_id: null, sequence_number: null, file_sequence_number: null };
    const entries = [
      { status: ADDED, ...inherit, data_file: file },
      { status: EXISTING, ...inherit, data_file: file },
    ];
    const [added, kept] = readManifest(writeManifest({ entries, schema, spec }), line);
    expect(added).toMatchObject({ snapshot_id: 77, sequence_number: 9, file_sequence_number: 9 });
    expect(kept).toMatchObject({ snapshot_id: 77, sequence_number: null, file_sequence_number: null });
  });

  test("readManifest leaves out the statistics that nobody asks for, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(existing, { minLength: 1, maxLength: 3 }), (entries) => {
        const omitted = new Set(["column_sizes", "lower_bounds"]);
        const unknown = { column_sizes: null, lower_bounds: null };
        expect(readManifest(writeManifest({ entries, schema, spec }), line, omitted)).toEqual(
          entries.map((entry) => ({ ...entry, data_file: { ...entry.data_file, ...unknown } })),
        );
      }),
    );
  });

  test("readManifest reads the bounds of the columns asked for, and all that are no bounds", () => {
    fc.assert(
      fc.property(
        fc.array(existing, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.nat(99), { maxLength: 60 }),
        (entries, ids) => {
          const asked = new Set(ids);
          const only = (all: DataFileEntry["lower_bounds"]): DataFileEntry["lower_bounds"] =>
            all && new Map([...all].filter(([column]) => asked.has(column)));
          expect(readManifest(writeManifest({ entries, schema, spec }), line, new Set(), asked)).toEqual(
            entries.map((entry) => {
              const { lower_bounds, upper_bounds } = entry.data_file;
              const kept = { lower_bounds: only(lower_bounds), upper_bounds: only(upper_bounds) };
              return { ...entry, data_file: { ...entry.data_file, ...kept } };
            }),
          );
        },
      ),
    );
  });

  test("readManifest understands maps of a writer that does not call them so", () => {
    const pairs = { type: "array", items: { type: "record", name: "pair", fields: pairFields } };
    const file = {
      type: "record",
      name: "file",
      fields: [
        { name: "file_path", type: "string" },
        { name: "value_counts", type: pairs },
      ],
    };
    const bytes = writeAvro({
      schema: {
        type: "record",
        name: "entry",
        fields: [
          { name: "status", type: "int" },
          { name: "data_file", type: file },
        ],
      },
      metadata: {},
      records: [{ status: 1, data_file: { file_path: "/f", value_counts: [{ key: 1, value: 5 }] } }],
    });
    const [entry] = readManifest(bytes, line);
    expect(entry?.data_file.value_counts).toEqual(new Map([[1, 5]]));
    expect(entry?.data_file.lower_bounds).toBeNull();
  });

  test("writeManifest puts into the header what the specification asks for", () => {
    const entries = fc.sample(existing, 1);
    const { metadata } = readAvro(writeManifest({ entries, schema, spec }));
    expect(metadata).toMatchObject({
      "schema-id": "0",
      "partition-spec-id": "0",
      "format-version": "2",
      content: "data",
    });
    expect(JSON.parse(metadata["partition-spec"] ?? "")).toEqual(spec.fields);
    expect(JSON.parse(metadata["schema"] ?? "")).toEqual(withoutDocs(schema));
    const avro = metadata["avro.schema"] ?? "";
    // Every id of the specification's tables for manifest_entry, data_file and the maps.
    for (const fieldId of [
      0, 1, 2, 3, 4, 100, 101, 102, 103, 104, 108, 109, 110, 117, 118, 119, 120, 121, 122, 125, 126, 127, 128,
      129, 130, 131, 132, 134, 135, 137, 138, 139, 140, 1000,
    ]) {
      expect(avro).toContain(`"field-id":${fieldId}`);
    }
    for (const elementId of [133, 136]) expect(avro).toContain(`"element-id":${elementId}`);
    expect(avro.split('"logicalType":"map"')).toHaveLength(7);
    expect(avro).toContain('"type":"int","logicalType":"date"');
  });

  test("writeManifest refuses to write an empty one or one of another spec", () => {
    expect(() => writeManifest({ entries: [], schema, spec })).toThrow(RangeError);
    const hours = { ...spec, fields: spec.fields.map((field) => ({ ...field, transform: "hour" })) };
    const entries = fc.sample(existing, 1);
    expect(() => writeManifest({ entries, schema, spec: hours })).toThrow(RangeError);
  });

  test("partitionSummaries cover the days and say whether one is unknown", () => {
    const file = (day: number | null): ManifestEntry => ({
      ...fc.sample(existing, 1)[0]!,
      data_file: { ...fc.sample(dataFile, 1)[0]!, partition: { ts_day: day } },
    });
    expect(partitionSummaries(spec, [file(3), file(-2), file(null)])).toEqual([
      { contains_null: true, contains_nan: false, lower_bound: intBytes(-2), upper_bound: intBytes(3) },
    ]);
    expect(partitionSummaries(spec, [file(null)])[0]).toMatchObject({ lower_bound: null, upper_bound: null });
  });
});

describe("manifest read by an independent decoder", () => {
  test("writeManifest gives every member its place", () => {
    const entries = fc.sample(existing, { numRuns: 20, seed: 7 });
    const { records } = independentAvro(writeManifest({ entries, schema, spec }));
    for (const [index, { data_file: file, ...entry }] of entries.entries()) {
      const row = records[index] as Record<string, unknown>;
      const read = row["data_file"] as Record<string, unknown>;
      expect(String(row["snapshot_id"])).toBe(String(entry.snapshot_id));
      expect(Number(row["sequence_number"])).toBe(entry.sequence_number);
      expect(read["file_path"]).toBe(file.file_path);
      expect(Number(read["record_count"])).toBe(file.record_count);
      const pairs = read["value_counts"] as { key: number; value: bigint }[] | null | undefined;
      expect(pairs?.map(({ key, value }) => [key, Number(value)])).toEqual(
        file.value_counts === null ? undefined : [...(file.value_counts ?? [])],
      );
    }
  });
});

describe("manifest list", () => {
  test("readManifestList gives back what writeManifestList wrote", () => {
    const manifests = [line, { ...line, partitions: null, added_snapshot_id: 2n ** 62n + 1n }];
    const bytes = writeManifestList({
      snapshotId: 2n ** 63n - 1n,
      parentSnapshotId: undefined,
      sequenceNumber: 9,
      manifests,
    });
    expect(readManifestList(bytes)).toEqual(manifests);
    expect(readAvro(bytes).metadata).toMatchObject({
      "snapshot-id": "9223372036854775807",
      "parent-snapshot-id": "null",
      "sequence-number": "9",
      "format-version": "2",
    });
  });

  test("writeManifestList is read by an independent decoder", () => {
    const bytes = writeManifestList({
      snapshotId: 5,
      parentSnapshotId: 4,
      sequenceNumber: 9,
      manifests: [line],
    });
    const [row] = independentAvro(bytes).records;
    expect(row?.["manifest_path"]).toBe(line.manifest_path);
    expect(Number(row?.["sequence_number"])).toBe(9);
    expect(Number(row?.["added_snapshot_id"])).toBe(77);
  });

  test("readManifestList understands the counts' older names, and v1 lists without sequence numbers", () => {
    const types = { manifest_path: "string", added_data_files_count: "int", added_snapshot_id: "long" };
    const fields = Object.entries(types).map(([name, type]) => ({ name, type }));
    const old = writeAvro({
      schema: { type: "record", name: "manifest_file", fields },
      metadata: {},
      records: [{ manifest_path: "/m", added_data_files_count: 3, added_snapshot_id: 1 }],
    });
    expect(readManifestList(old)).toEqual([
      expect.objectContaining({
        added_files_count: 3,
        existing_files_count: 0,
        sequence_number: 0,
        content: 0,
      }),
    ]);
  });

  test("hasLiveFiles is false for a manifest of deletions alone", () => {
    expect(hasLiveFiles(line)).toBe(true);
    expect(hasLiveFiles({ ...line, added_files_count: 0, deleted_files_count: 3 })).toBe(false);
  });
});
