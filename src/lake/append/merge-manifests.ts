import { numberProperty } from "../spec/metadata.ts";
import { isDaySpec } from "../spec/manifest-schema.ts";
import type { ManifestEntry } from "../spec/manifest.ts";
import { DELETED, EXISTING, readManifest } from "../spec/manifest.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { hasLiveFiles } from "../spec/manifest-list.ts";
import type { Int64, PartitionSpec, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { storeManifest } from "./store-manifest.ts";

const MIB = 1024 * 1024;
/** A manifest of this part of the target size, or with so many files, is large enough to be left alone. */
const SMALL_PART = 16;
const SMALL_FILE_COUNT_MAX = 256;
/** What one commit may merge: it bounds the time of the slowest commit. */
const MERGED_FILE_COUNT_MAX = 512;

/**
 * Merges the small manifests of a table into one when there are `commit.manifest.min-count-to-merge` of them.
 *
 * Without it every commit would add a line to the manifest list for ever and every plan would open one file for
 * each commit. The smallest are merged, and a manifest that is large enough is left alone, so the work of a
 * commit does not grow with the table. Live entries become EXISTING and keep their snapshot id and both
 * sequence numbers: deletes of other writers apply by those (spec, "Sequence Numbers"). What this snapshot itself wrote
 * stays as it is: its deletions must stand in it.
 *
 * @returns the manifests of the next snapshot
 */
export async function mergeManifests(
  store: Store,
  table: {
    readonly metadata: TableMetadata;
    readonly manifests: readonly ManifestFile[];
    readonly snapshotId: Int64;
    readonly sequenceNumber: number;
  },
): Promise<readonly ManifestFile[]> {
  const { metadata, manifests } = table;
  const number = (key: string, fallback: number): number =>
    numberProperty(metadata.properties, { key, fallback });
  const countMin = number("commit.manifest.min-count-to-merge", 100);
  const sizeMax = number("commit.manifest.target-size-bytes", 8 * MIB);
  const enabled = metadata.properties["commit.manifest-merge.enabled"] !== "false";
  for (const spec of enabled ? metadata["partition-specs"].filter(isDaySpec) : []) {
    const small = manifests.filter(
      (file) =>
        file.partition_spec_id === spec["spec-id"] &&
        file.content === 0 &&
        file.added_snapshot_id !== table.snapshotId &&
        hasLiveFiles(file) &&
        file.manifest_length < sizeMax / SMALL_PART &&
        fileCountOf(file) < SMALL_FILE_COUNT_MAX,
    );
    if (small.length < countMin) continue;
    const chosen = smallest(small);
    const merged = await mergeInto(store, { ...table, manifests: chosen, spec });
    const gone = new Set(chosen);
    return [merged, ...manifests.filter((file) => !gone.has(file))];
  }
  return manifests;
}

/** The smallest manifests that one commit may merge, at least two. */
function smallest(files: readonly ManifestFile[]): readonly ManifestFile[] {
  const ordered = files.toSorted((a, b) => fileCountOf(a) - fileCountOf(b));
  let fileCount = 0;
  return ordered.filter((file, index) => {
    fileCount += fileCountOf(file);
    return index < 2 || fileCount <= MERGED_FILE_COUNT_MAX;
  });
}

function fileCountOf(file: ManifestFile): number {
  return file.added_files_count + file.existing_files_count;
}

async function mergeInto(
  store: Store,
  table: {
    readonly metadata: TableMetadata;
    readonly manifests: readonly ManifestFile[];
    readonly spec: PartitionSpec;
    readonly snapshotId: Int64;
    readonly sequenceNumber: number;
  },
): Promise<ManifestFile> {
  const entries: ManifestEntry[] = [];
  for (const file of table.manifests) {
    for (const entry of readManifest(await store.read(file.manifest_path), file)) {
      if (entry.status !== DELETED) entries.push({ ...entry, status: EXISTING });
    }
  }
  return storeManifest(store, { ...table, entries });
}
