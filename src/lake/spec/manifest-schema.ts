import type { AvroSchema } from "./avro-schema.ts";
import type { PartitionSpec } from "./types.ts";

// Names, ids and logical types exactly as the spec gives them ("Manifests", "Manifest Lists"): readers find
// every field by its id, and a map without the logical type `map` makes the file unreadable to them.

type Field = { readonly name: string; readonly type: AvroSchema; readonly [attribute: string]: unknown };

function required(id: number, name: string, type: AvroSchema): Field {
  return { name, type, "field-id": id };
}

function optional(id: number, name: string, type: AvroSchema): Field {
  return { name, type: ["null", type], default: null, "field-id": id };
}

/** A map with integer keys: Avro maps have only text keys, so it is an array of pairs. */
function intMap(keyId: number, valueId: number, value: AvroSchema): AvroSchema {
  return {
    type: "array",
    logicalType: "map",
    items: {
      type: "record",
      name: `k${keyId}_v${valueId}`,
      fields: [required(keyId, "key", "int"), required(valueId, "value", value)],
    },
  };
}

function list(elementId: number, element: AvroSchema): AvroSchema {
  return { type: "array", "element-id": elementId, items: element };
}

/** True where every field of the spec is a `day`; only such manifests are written here. */
export function isDaySpec(spec: PartitionSpec): boolean {
  return spec.fields.every((field) => field.transform === "day");
}

/** The Avro schema of a data manifest; the partition record has one nullable date for each field of the spec. */
export function manifestEntrySchema(spec: PartitionSpec): AvroSchema {
  const date: AvroSchema = { type: "int", logicalType: "date" };
  const partition: AvroSchema = {
    type: "record",
    name: "r102",
    fields: spec.fields.map((field) => optional(field["field-id"], field.name, date)),
  };
  const dataFile: AvroSchema = {
    type: "record",
    name: "r2",
    fields: [
      required(134, "content", "int"),
      required(100, "file_path", "string"),
      required(101, "file_format", "string"),
      required(102, "partition", partition),
      required(103, "record_count", "long"),
      required(104, "file_size_in_bytes", "long"),
      optional(108, "column_sizes", intMap(117, 118, "long")),
      optional(109, "value_counts", intMap(119, 120, "long")),
      optional(110, "null_value_counts", intMap(121, 122, "long")),
      optional(137, "nan_value_counts", intMap(138, 139, "long")),
      optional(125, "lower_bounds", intMap(126, 127, "bytes")),
      optional(128, "upper_bounds", intMap(129, 130, "bytes")),
      optional(131, "key_metadata", "bytes"),
      optional(132, "split_offsets", list(133, "long")),
      optional(135, "equality_ids", list(136, "int")),
      optional(140, "sort_order_id", "int"),
    ],
  };
  return {
    type: "record",
    name: "manifest_entry",
    fields: [
      required(0, "status", "int"),
      optional(1, "snapshot_id", "long"),
      optional(3, "sequence_number", "long"),
      optional(4, "file_sequence_number", "long"),
      required(2, "data_file", dataFile),
    ],
  };
}

const FIELD_SUMMARY: AvroSchema = {
  type: "record",
  name: "r508",
  fields: [
    required(509, "contains_null", "boolean"),
    optional(518, "contains_nan", "boolean"),
    optional(510, "lower_bound", "bytes"),
    optional(511, "upper_bound", "bytes"),
  ],
};

/** The Avro schema of a manifest list. */
export const MANIFEST_FILE_SCHEMA: AvroSchema = {
  type: "record",
  name: "manifest_file",
  fields: [
    required(500, "manifest_path", "string"),
    required(501, "manifest_length", "long"),
    required(502, "partition_spec_id", "int"),
    required(517, "content", "int"),
    required(515, "sequence_number", "long"),
    required(516, "min_sequence_number", "long"),
    required(503, "added_snapshot_id", "long"),
    required(504, "added_files_count", "int"),
    required(505, "existing_files_count", "int"),
    required(506, "deleted_files_count", "int"),
    required(512, "added_rows_count", "long"),
    required(513, "existing_rows_count", "long"),
    required(514, "deleted_rows_count", "long"),
    optional(507, "partitions", list(508, FIELD_SUMMARY)),
    optional(519, "key_metadata", "bytes"),
  ],
};
