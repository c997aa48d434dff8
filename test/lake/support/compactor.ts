import { randomUUID } from "node:crypto";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { daySpec, newSnapshotId } from "../../../src/lake/append/prepare.ts";
import { listPath, requirementsOf } from "../../../src/lake/append/stage.ts";
import { CommitConflict, CommitUnknown } from "../../../src/lake/catalog/catalog.ts";
import { currentManifests } from "../../../src/lake/read-manifests.ts";
import type { ManifestEntry } from "../../../src/lake/spec/manifest.ts";
import {
  ADDED,
  DELETED,
  partitionSummaries,
  readManifest,
  writeManifest,
} from "../../../src/lake/spec/manifest.ts";
import { writeManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { currentSchema, currentSnapshot } from "../../../src/lake/spec/metadata.ts";
import { summaryOf } from "../../../src/lake/spec/summary.ts";

/**
 * What another engine's compaction does: all live files become one, in a `replace` snapshot. The new file is named
 * after the old ones, so that a test sees what is in it. Tries once.
 */
export async function compactOnce(tools: CommitTools, name: string): Promise<"done" | "conflict"> {
  const base = await tools.catalog.load(name);
  const parent = base === undefined ? undefined : currentSnapshot(base.metadata);
  if (base === undefined || parent === undefined) return "conflict";
  const { metadata } = base;
  const live: ManifestEntry[] = [];
  for (const file of await currentManifests(tools.store, metadata)) {
    const entries = readManifest(await tools.store.read(file.manifest_path), file);
    live.push(...entries.filter((entry) => entry.status !== DELETED));
  }
  const [first] = live;
  if (first === undefined) return "conflict";
  const snapshotId = newSnapshotId(metadata);
  const sequenceNumber = metadata["last-sequence-number"] + 1;
  const baseName = (entry: ManifestEntry): string =>
    entry.data_file.file_path.replace(/^.*\/(.*)\.parquet$/, "$1");
  const merged = {
    ...first.data_file,
    file_path: `${metadata.location}/data/${live.map(baseName).join("+")}.parquet`,
    record_count: live.reduce((sum, entry) => sum + entry.data_file.record_count, 0),
  };
  const entries: ManifestEntry[] = [
    {
      status: ADDED,
      snapshot_id: snapshotId,
      sequence_number: parent["sequence-number"],
      file_sequence_number: null,
      data_file: merged,
    },
    ...live.map((entry) => Object.assign(entry, { status: DELETED, snapshot_id: snapshotId })),
  ];
  const spec = daySpec(metadata);
  const bytes = writeManifest({ entries, schema: currentSchema(metadata), spec });
  const manifestPath = `${metadata.location}/metadata/${randomUUID()}-m0.avro`;
  await tools.store.writeNew(manifestPath, bytes);
  const list = listPath(metadata.location, { snapshotId, attempt: 0 });
  const manifests = [
    {
      manifest_path: manifestPath,
      manifest_length: bytes.length,
      partition_spec_id: spec["spec-id"],
      content: 0,
      sequence_number: sequenceNumber,
      min_sequence_number: 1,
      added_snapshot_id: snapshotId,
      added_files_count: 1,
      existing_files_count: 0,
      deleted_files_count: live.length,
      added_rows_count: merged.record_count,
      existing_rows_count: 0,
      deleted_rows_count: merged.record_count,
      partitions: partitionSummaries(spec, entries),
    },
  ];
  const parentSnapshotId = parent["snapshot-id"];
  await tools.store.writeNew(
    list,
    writeManifestList({ snapshotId, parentSnapshotId, sequenceNumber, manifests }),
  );
  const file = (entry: ManifestEntry): { rows: number; bytes: number; partition: string } => ({
    rows: entry.data_file.record_count,
    bytes: entry.data_file.file_size_in_bytes,
    partition: "all",
  });
  const [added, ...removed] = entries.map(file);
  const summary = summaryOf(parent, { added: added === undefined ? [] : [added], removed });
  try {
    await tools.catalog.commit(base, requirementsOf(base), [
      {
        action: "add-snapshot",
        snapshot: {
          "snapshot-id": snapshotId,
          "parent-snapshot-id": parentSnapshotId,
          "sequence-number": sequenceNumber,
          "timestamp-ms": metadata["last-updated-ms"],
          "manifest-list": list,
          summary: { operation: "replace", ...summary },
          "schema-id": metadata["current-schema-id"],
        },
      },
      { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": snapshotId },
    ]);
    return "done";
  } catch (error) {
    if (error instanceof CommitConflict || error instanceof CommitUnknown) return "conflict";
    throw error;
  }
}
