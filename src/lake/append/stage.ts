import { randomUUID } from "node:crypto";
import type { Loaded } from "../catalog/catalog.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { hasLiveFiles, writeManifestList } from "../spec/manifest-list.ts";
import { currentSnapshot } from "../spec/metadata.ts";
import { summaryOf } from "../spec/summary.ts";
import type { Snapshot, TableRequirement, TableUpdate } from "../spec/types.ts";
import type { PreparedAppend } from "./prepare.ts";

/** One attempt of a commit, ready to be written: nothing in it was written yet. */
export interface StagedAttempt {
  readonly list: { readonly path: string; readonly bytes: Uint8Array };
  readonly requirements: readonly TableRequirement[];
  readonly updates: readonly TableUpdate[];
}

/**
 * Builds the snapshot that adds the prepared files to `base` (spec, "Snapshots"). Pure but for the random name
 * of the manifest list.
 *
 * The sequence number comes from this very base: it is what makes every attempt need its own list.
 */
export function stageAppend(options: {
  readonly base: Loaded;
  /** The manifests of the base's current snapshot. */
  readonly manifests: readonly ManifestFile[];
  readonly append: PreparedAppend;
  readonly attempt: number;
  readonly nowMs: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly summary: Readonly<Record<string, string>>;
}): StagedAttempt {
  const { append, base } = options;
  const { metadata } = base;
  const parent = currentSnapshot(metadata);
  const sequenceNumber = metadata["last-sequence-number"] + 1;
  const path = listPath(metadata.location, { snapshotId: append.snapshotId, attempt: options.attempt });
  const added = append.entries.map((entry) => ({
    rows: entry.record_count,
    bytes: entry.file_size_in_bytes,
    partition: JSON.stringify(entry.partition),
  }));
  const snapshot: Snapshot = {
    "snapshot-id": append.snapshotId,
    ...(parent === undefined ? {} : { "parent-snapshot-id": parent["snapshot-id"] }),
    "sequence-number": sequenceNumber,
    "timestamp-ms": Math.max(options.nowMs, metadata["last-updated-ms"]),
    "manifest-list": path,
    summary: {
      ...options.properties,
      ...options.summary,
      operation: "append",
      ...summaryOf(parent, { added }),
    },
    "schema-id": metadata["current-schema-id"],
  };
  const manifests = [
    newManifest(append, sequenceNumber),
    // A manifest without live files told its deletions in the snapshot that made them; it goes now.
    ...options.manifests.filter(hasLiveFiles),
  ];
  const bytes = writeManifestList({
    snapshotId: append.snapshotId,
    parentSnapshotId: parent?.["snapshot-id"],
    sequenceNumber,
    manifests,
  });
  return {
    list: { path, bytes },
    requirements: requirementsOf(base),
    updates: [
      { action: "add-snapshot", snapshot },
      {
        action: "set-snapshot-ref",
        "ref-name": "main",
        ...metadata.refs["main"],
        type: "branch",
        "snapshot-id": append.snapshotId,
      },
      { action: "set-properties", updates: options.properties },
    ],
  };
}

/** The table is still the same one and nobody committed to it since. */
export function requirementsOf({ metadata }: Loaded): readonly TableRequirement[] {
  return [
    { type: "assert-table-uuid", uuid: metadata["table-uuid"] },
    {
      type: "assert-ref-snapshot-id",
      ref: "main",
      "snapshot-id": currentSnapshot(metadata)?.["snapshot-id"] ?? null,
    },
  ];
}

/** A name for a manifest list that no other attempt has. */
export function listPath(
  location: string,
  { snapshotId, attempt }: { readonly snapshotId: number; readonly attempt: number },
): string {
  return `${location}/metadata/snap-${snapshotId}-${attempt}-${randomUUID()}.avro`;
}

function newManifest(append: PreparedAppend, sequenceNumber: number): ManifestFile {
  let rows = 0;
  for (const entry of append.entries) rows += entry.record_count;
  return {
    manifest_path: append.manifestPath,
    manifest_length: append.manifestLength,
    partition_spec_id: append.specId,
    content: 0,
    sequence_number: sequenceNumber,
    min_sequence_number: sequenceNumber,
    added_snapshot_id: append.snapshotId,
    added_files_count: append.entries.length,
    existing_files_count: 0,
    deleted_files_count: 0,
    added_rows_count: rows,
    existing_rows_count: 0,
    deleted_rows_count: 0,
    partitions: append.partitions,
  };
}
