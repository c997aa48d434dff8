import { readAvro, writeAvro } from "./avro.ts";
import { isDaySpec, manifestEntrySchema } from "./manifest-schema.ts";
import type { FieldSummary, ManifestFile } from "./manifest-list.ts";
import type { Int64, PartitionSpec, Schema } from "./types.ts";
import { intBytes } from "./values.ts";

export const EXISTING = 0;
export const ADDED = 1;
export const DELETED = 2;

/** The members of `data_file` (spec, "Manifests") that data files have; a missing map means: not known. */
export interface DataFileEntry {
  /** 0 data, 1 position deletes, 2 equality deletes. */
  readonly content: number;
  readonly file_path: string;
  readonly file_format: string;
  readonly partition: Readonly<Record<string, unknown>>;
  readonly record_count: number;
  readonly file_size_in_bytes: number;
  readonly column_sizes?: ReadonlyMap<number, Int64> | null;
  readonly value_counts?: ReadonlyMap<number, Int64> | null;
  readonly null_value_counts?: ReadonlyMap<number, Int64> | null;
  readonly nan_value_counts?: ReadonlyMap<number, Int64> | null;
  readonly lower_bounds?: ReadonlyMap<number, Uint8Array> | null;
  readonly upper_bounds?: ReadonlyMap<number, Uint8Array> | null;
  readonly key_metadata?: Uint8Array | null;
  readonly split_offsets?: readonly Int64[] | null;
  readonly equality_ids?: readonly number[] | null;
  readonly sort_order_id?: number | null;
}

/** One line of a manifest. Null numbers are inherited from the manifest list (spec, "Sequence Number Inheritance"). */
export interface ManifestEntry {
  readonly status: number;
  readonly snapshot_id: Int64 | null;
  readonly sequence_number: number | null;
  readonly file_sequence_number: number | null;
  readonly data_file: DataFileEntry;
}

/** The members of `data_file` that hold a figure for each column. */
const METRIC_NAMES = [
  "column_sizes",
  "value_counts",
  "null_value_counts",
  "nan_value_counts",
  "lower_bounds",
  "upper_bounds",
] as const;
const BOUND_NAMES: readonly (typeof METRIC_NAMES)[number][] = ["lower_bounds", "upper_bounds"];
const NO_NAMES: ReadonlySet<string> = new Set();

/** The same for `readManifest`: whoever wants to know only which files there are need not read how their columns are. */
export const ALL_METRICS: ReadonlySet<string> = new Set(METRIC_NAMES);

/**
 * Writes a manifest of data files.
 *
 * ADDED entries go without sequence numbers, so the file stays right whichever attempt of the commit wins.
 *
 * @throws RangeError where there is no entry (an empty manifest is forbidden) or the spec is not one of days
 */
export function writeManifest(options: {
  readonly entries: readonly ManifestEntry[];
  readonly schema: Schema;
  readonly spec: PartitionSpec;
}): Uint8Array {
  const { entries, schema, spec } = options;
  if (entries.length === 0) throw new RangeError("Cannot write a manifest: it would be empty");
  if (!isDaySpec(spec)) throw new RangeError("Cannot write a manifest: its partition spec is not by day");
  return writeAvro({
    schema: manifestEntrySchema(spec),
    metadata: {
      schema: schemaText(schema),
      "schema-id": String(schema["schema-id"]),
      // The array of fields alone, as the spec says, not the whole spec object.
      "partition-spec": JSON.stringify(spec.fields),
      "partition-spec-id": String(spec["spec-id"]),
      "format-version": "2",
      content: "data",
    },
    records: entries.map(({ status, snapshot_id, sequence_number, file_sequence_number, data_file }) => ({
      status,
      snapshot_id,
      sequence_number,
      file_sequence_number,
      data_file: withPairs(data_file),
    })),
  });
}

/**
 * Reads a manifest; what entries inherit from their line in the manifest list is filled in.
 *
 * @param omitted statistics that are not read, and are unknown in the entries: they are most of the work
 * @param boundsOf the only columns whose bounds are read, by their field ids; all unless given
 * @throws Error where the bytes are damaged
 */
export function readManifest(
  bytes: Uint8Array,
  file: ManifestFile,
  omitted: ReadonlySet<string> = NO_NAMES,
  boundsOf?: ReadonlySet<number>,
): ManifestEntry[] {
  const keys = new Map(boundsOf && BOUND_NAMES.map((name) => [name, boundsOf]));
  return readAvro(bytes, { omitted, keys }).records.map((record) => {
    const entry = record as Record<string, unknown>;
    // Only an ADDED entry may inherit; the numbers of the others must stand in the entry itself.
    const inherited = entry["status"] === ADDED ? file.sequence_number : null;
    return {
      status: entry["status"] as number,
      snapshot_id: (entry["snapshot_id"] as Int64 | null) ?? file.added_snapshot_id,
      sequence_number: (entry["sequence_number"] as number | null) ?? inherited,
      file_sequence_number: (entry["file_sequence_number"] as number | null) ?? inherited,
      data_file: withMaps(entry["data_file"] as Record<string, unknown>),
    };
  });
}

/** The `partitions` of a manifest's line in the list: what days it covers, in the form of the result type, date. */
export function partitionSummaries(
  spec: PartitionSpec,
  entries: readonly ManifestEntry[],
): readonly FieldSummary[] {
  return spec.fields.map((field) => {
    const days = entries.map((entry) => entry.data_file.partition[field.name] as number | null);
    const known = days.filter((day) => day !== null);
    return {
      contains_null: known.length < days.length,
      contains_nan: false,
      lower_bound: known.length === 0 ? null : intBytes(known.reduce((a, b) => Math.min(a, b))),
      upper_bound: known.length === 0 ? null : intBytes(known.reduce((a, b) => Math.max(a, b))),
    };
  });
}

function withPairs(file: DataFileEntry): Record<string, unknown> {
  const record: Record<string, unknown> = { ...file };
  for (const key of METRIC_NAMES) {
    const map = file[key];
    record[key] =
      map === undefined || map === null
        ? null
        : Array.from(map as ReadonlyMap<number, unknown>, ([id, value]) => ({ key: id, value }));
  }
  return record;
}

function withMaps(record: Record<string, unknown>): DataFileEntry {
  // The decoder made the record for this call alone.
  const file = record;
  file["content"] ??= 0;
  for (const key of METRIC_NAMES) {
    const value = file[key] as ReadonlyMap<number, unknown> | readonly Pair[] | null | undefined;
    // A writer that leaves the logical type out gives pairs.
    if (Array.isArray(value)) file[key] = new Map(value.map((pair: Pair) => [pair.key, pair.value]));
    else if (value === undefined) file[key] = null;
  }
  return file as unknown as DataFileEntry;
}

interface Pair {
  readonly key: number;
  readonly value: unknown;
}

// A table has few schemas, and each commit would write the same text.
const schemaTexts = new WeakMap<Schema, string>();

/** Without the columns' descriptions: readers do not need them here, and they are a third of a small manifest. */
function schemaText(schema: Schema): string {
  const known = schemaTexts.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema, (key, value: unknown) => (key === "doc" ? undefined : value));
  schemaTexts.set(schema, text);
  return text;
}
