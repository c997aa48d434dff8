import { randomUUID } from "node:crypto";
import type { ManifestEntry } from "../spec/manifest.ts";
import { ADDED, DELETED, EXISTING, partitionSummaries, writeManifest } from "../spec/manifest.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { currentSchema } from "../spec/metadata.ts";
import type { Int64, PartitionSpec, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/**
 * Writes a manifest under a name of its own and gives its line for the manifest list (spec, "Manifest Lists").
 *
 * The smallest sequence number is that of the live entries: what was deleted needs no deletes of others any more.
 *
 * @param options `snapshotId` and `sequenceNumber` are those of the snapshot that gets the manifest
 */
export async function storeManifest(
  store: Store,
  options: {
    readonly metadata: TableMetadata;
    readonly spec: PartitionSpec;
    readonly entries: readonly ManifestEntry[];
    readonly snapshotId: Int64;
    readonly sequenceNumber: number;
  },
): Promise<ManifestFile> {
  const { metadata, spec, entries, sequenceNumber } = options;
  const bytes = writeManifest({ entries, schema: currentSchema(metadata), spec });
  const path = `${metadata.location}/metadata/${randomUUID()}-m0.avro`;
  await store.writeNew(path, bytes);
  const added = countsOf(entries, ADDED);
  const existing = countsOf(entries, EXISTING);
  const deleted = countsOf(entries, DELETED);
  return {
    manifest_path: path,
    manifest_length: bytes.length,
    partition_spec_id: spec["spec-id"],
    content: 0,
    sequence_number: sequenceNumber,
    min_sequence_number: minSequenceOf(entries, sequenceNumber),
    added_snapshot_id: options.snapshotId,
    added_files_count: added.files,
    existing_files_count: existing.files,
    deleted_files_count: deleted.files,
    added_rows_count: added.rows,
    existing_rows_count: existing.rows,
    deleted_rows_count: deleted.rows,
    partitions: partitionSummaries(spec, entries),
  };
}

function countsOf(entries: readonly ManifestEntry[], status: number): { files: number; rows: number } {
  let files = 0;
  let rows = 0;
  for (const entry of entries) {
    if (entry.status !== status) continue;
    files += 1;
    rows += entry.data_file.record_count;
  }
  return { files, rows };
}

function minSequenceOf(entries: readonly ManifestEntry[], sequenceNumber: number): number {
  let min = sequenceNumber;
  for (const { status, sequence_number } of entries) {
    // Only an ADDED entry inherits; another one without a number could be as old as the table.
    if (status !== DELETED) min = Math.min(min, sequence_number ?? (status === ADDED ? sequenceNumber : 0));
  }
  return min;
}
