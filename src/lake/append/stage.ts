import { randomUUID } from "node:crypto";
import type { Loaded } from "../catalog/catalog.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { hasLiveFiles, writeManifestList } from "../spec/manifest-list.ts";
import { currentSnapshot } from "../spec/metadata.ts";
import type { FileChange } from "../spec/summary.ts";
import { ENGINE_KEY, ENGINE_NAME, summaryOf } from "../spec/summary.ts";
import type { DataFileEntry } from "../spec/manifest.ts";
import type { Snapshot, TableRequirement, TableUpdate } from "../spec/types.ts";
import type { PreparedSnapshot } from "./prepare.ts";

/** One attempt of a commit, ready to be written: nothing in it was written yet. */
export interface StagedAttempt {
  readonly list: { readonly path: string; readonly bytes: Uint8Array };
  readonly requirements: readonly TableRequirement[];
  readonly updates: readonly TableUpdate[];
}

/**
 * Builds the snapshot that adds the prepared files to `base` and lacks the removed ones (spec, "Snapshots"). Pure but
 * for the random name of the manifest list.
 *
 * The sequence number comes from this very base: it is what makes every attempt need its own list.
 */
export function stageSnapshot(options: {
  readonly base: Loaded;
  /** The manifests of the new snapshot but for that of its new files. */
  readonly manifests: readonly ManifestFile[];
  readonly prepared: PreparedSnapshot;
  readonly removed: readonly DataFileEntry[];
  readonly operation: "append" | "replace" | "overwrite";
  readonly attempt: number;
  readonly nowMs: number;
  readonly properties: Readonly<Record<string, string>>;
  /** What stands in the summary beside the standard members. */
  readonly summary: Readonly<Record<string, string>>;
}): StagedAttempt {
  const { prepared, base, operation } = options;
  const { metadata } = base;
  const { snapshotId, manifest } = prepared;
  const parent = currentSnapshot(metadata);
  const sequenceNumber = metadata["last-sequence-number"] + 1;
  const path = listPath(metadata.location, { snapshotId, attempt: options.attempt });
  const snapshot: Snapshot = {
    "snapshot-id": snapshotId,
    ...(parent === undefined ? {} : { "parent-snapshot-id": parent["snapshot-id"] }),
    "sequence-number": sequenceNumber,
    "timestamp-ms": Math.max(options.nowMs, metadata["last-updated-ms"]),
    "manifest-list": path,
    summary: {
      ...options.summary,
      operation,
      // Says at the expiry of the history that what this snapshot removed is ours to delete.
      ...(operation === "append" ? {} : { [ENGINE_KEY]: ENGINE_NAME }),
      ...summaryOf(parent, {
        added: prepared.entries.map(changedFile),
        removed: options.removed.map(changedFile),
      }),
    },
    "schema-id": metadata["current-schema-id"],
  };
  const own = { sequence_number: sequenceNumber, min_sequence_number: sequenceNumber };
  const bytes = writeManifestList({
    snapshotId,
    parentSnapshotId: parent?.["snapshot-id"],
    sequenceNumber,
    manifests: [
      ...(manifest === undefined ? [] : [{ ...manifest, ...own }]),
      // A manifest without live files told its deletions in the snapshot that made them; in the next one it goes.
      ...options.manifests.filter((file) => hasLiveFiles(file) || file.added_snapshot_id === snapshotId),
    ],
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
        "snapshot-id": snapshotId,
      },
      ...propertyUpdates(options.properties),
    ],
  };
}

function changedFile(entry: DataFileEntry): FileChange["added"][number] {
  return {
    rows: entry.record_count,
    bytes: entry.file_size_in_bytes,
    partition: JSON.stringify(entry.partition),
  };
}

/** The update that sets properties; none where there is none to set. */
export function propertyUpdates(properties: Readonly<Record<string, string>>): readonly TableUpdate[] {
  return Object.keys(properties).length === 0 ? [] : [{ action: "set-properties", updates: properties }];
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
