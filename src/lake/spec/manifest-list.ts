import { readAvro, writeAvro } from "./avro.ts";
import { MANIFEST_FILE_SCHEMA } from "./manifest-schema.ts";
import type { Int64 } from "./types.ts";

export interface FieldSummary {
  readonly contains_null: boolean;
  readonly contains_nan?: boolean | null;
  readonly lower_bound?: Uint8Array | null;
  readonly upper_bound?: Uint8Array | null;
}

/** One line of a manifest list (spec, "Manifest Lists"). */
export interface ManifestFile {
  readonly manifest_path: string;
  readonly manifest_length: number;
  readonly partition_spec_id: number;
  /** 0 data, 1 deletes. */
  readonly content: number;
  readonly sequence_number: number;
  readonly min_sequence_number: number;
  readonly added_snapshot_id: Int64;
  readonly added_files_count: number;
  readonly existing_files_count: number;
  readonly deleted_files_count: number;
  readonly added_rows_count: number;
  readonly existing_rows_count: number;
  readonly deleted_rows_count: number;
  readonly partitions?: readonly FieldSummary[] | null;
  readonly key_metadata?: Uint8Array | null;
}

/** Writes the manifest list of a snapshot. */
export function writeManifestList(options: {
  readonly snapshotId: Int64;
  readonly parentSnapshotId: Int64 | undefined;
  readonly sequenceNumber: number;
  readonly manifests: readonly ManifestFile[];
}): Uint8Array {
  return writeAvro({
    schema: MANIFEST_FILE_SCHEMA,
    metadata: {
      "snapshot-id": String(options.snapshotId),
      "parent-snapshot-id": String(options.parentSnapshotId ?? "null"),
      "sequence-number": String(options.sequenceNumber),
      "format-version": "2",
    },
    records: options.manifests,
  });
}

const COUNTS = ["added", "existing", "deleted"] as const;

/**
 * Reads a manifest list; older writers' names of the counts are understood.
 *
 * @param omitted optional members that are not read
 * @throws Error where the bytes are damaged
 */
export function readManifestList(
  bytes: Uint8Array,
  omitted?: ReadonlySet<"partitions" | "key_metadata">,
): ManifestFile[] {
  return readAvro(bytes, { omitted }).records.map((record) => {
    // The decoder made the record for this call alone.
    const line = record as Record<string, unknown>;
    for (const count of COUNTS) {
      line[`${count}_files_count`] ??= line[`${count}_data_files_count`] ?? 0;
      line[`${count}_rows_count`] ??= 0;
    }
    line["content"] ??= 0;
    line["sequence_number"] ??= 0;
    line["min_sequence_number"] ??= 0;
    return line as unknown as ManifestFile;
  });
}

/** True while the manifest holds a live file; one that does not is left out of the next snapshot. */
export function hasLiveFiles(file: ManifestFile): boolean {
  return file.added_files_count + file.existing_files_count > 0;
}
