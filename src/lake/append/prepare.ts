import { randomBytes } from "node:crypto";
import { DuolakeError } from "../../core/errors.ts";
import type { Loaded } from "../catalog/catalog.ts";
import { findDaySpec } from "../spec/day-spec.ts";
import type { DataFileEntry } from "../spec/manifest.ts";
import { ADDED } from "../spec/manifest.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import type { PartitionSpec, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { storeManifest } from "./store-manifest.ts";

/** What a commit writes once, whatever happens to its attempts. */
export interface PreparedSnapshot {
  /** The same for every attempt, so that a lost answer can be recognised. */
  readonly snapshotId: number;
  readonly entries: readonly DataFileEntry[];
  /** The new files' line of the manifest list, with the numbers of the first base; undefined where no file is new. */
  readonly manifest: ManifestFile | undefined;
}

/** Writes the manifest of the new files; its entries inherit their sequence numbers from the attempt that wins. */
export async function prepareSnapshot(
  store: Store,
  base: Loaded,
  entries: readonly DataFileEntry[],
): Promise<PreparedSnapshot> {
  const { metadata } = base;
  const snapshotId = newSnapshotId(metadata);
  if (entries.length === 0) return { snapshotId, entries, manifest: undefined };
  const manifest = await storeManifest(store, {
    metadata,
    spec: daySpec(metadata),
    snapshotId,
    sequenceNumber: metadata["last-sequence-number"] + 1,
    entries: entries.map((entry) => ({
      status: ADDED,
      snapshot_id: snapshotId,
      sequence_number: null,
      file_sequence_number: null,
      data_file: entry,
    })),
  });
  return { snapshotId, entries, manifest };
}

/** The partition spec that our files follow; see `findDaySpec`. Throws lake_format_unsupported where there is none. */
export function daySpec(metadata: TableMetadata): PartitionSpec {
  const spec = findDaySpec(metadata);
  if (spec === undefined) {
    throw new DuolakeError(
      "lake_format_unsupported",
      `Cannot write to ${metadata.location}: no partition spec of the table is day(ts)`,
    );
  }
  return spec;
}

/** A random id of 53 bits: the spec allows 63, but readers that parse JSON naively round those. */
export function newSnapshotId(metadata: TableMetadata): number {
  for (;;) {
    const id = Number(randomBytes(8).readBigUInt64BE() & 0x1f_ffff_ffff_ffffn);
    if (id > 0 && !metadata.snapshots.some((snapshot) => snapshot["snapshot-id"] === id)) return id;
  }
}
