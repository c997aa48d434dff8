import { randomBytes, randomUUID } from "node:crypto";
import { DuolakeError } from "../../core/errors.ts";
import type { Loaded } from "../catalog/catalog.ts";
import { currentSchema } from "../spec/metadata.ts";
import { isDaySpec } from "../spec/manifest-schema.ts";
import type { DataFileEntry } from "../spec/manifest.ts";
import { ADDED, partitionSummaries, writeManifest } from "../spec/manifest.ts";
import type { FieldSummary } from "../spec/manifest-list.ts";
import type { PartitionSpec, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/** What an append writes once, whatever happens to its attempts. */
export interface PreparedAppend {
  /** The same for every attempt, so that a lost answer can be recognised. */
  readonly snapshotId: number;
  readonly entries: readonly DataFileEntry[];
  readonly manifestPath: string;
  readonly manifestLength: number;
  readonly specId: number;
  readonly partitions: readonly FieldSummary[];
}

/** Writes the manifest of the new files; its entries inherit their sequence numbers from the attempt that wins. */
export async function prepareAppend(
  store: Store,
  base: Loaded,
  entries: readonly DataFileEntry[],
): Promise<PreparedAppend> {
  const { metadata } = base;
  const spec = daySpec(metadata);
  const snapshotId = newSnapshotId(metadata);
  const lines = entries.map((entry) => ({
    status: ADDED,
    snapshot_id: snapshotId,
    sequence_number: null,
    file_sequence_number: null,
    data_file: entry,
  }));
  const bytes = writeManifest({ entries: lines, schema: currentSchema(metadata), spec });
  const manifestPath = `${metadata.location}/metadata/${randomUUID()}-m0.avro`;
  await store.writeNew(manifestPath, bytes);
  return {
    snapshotId,
    entries,
    manifestPath,
    manifestLength: bytes.length,
    specId: spec["spec-id"],
    partitions: partitionSummaries(spec, lines),
  };
}

/**
 * The partition spec that our files follow: `day(ts)`. Another writer may have made another spec the default;
 * files of both live in one table, each under its own spec.
 */
export function daySpec(metadata: TableMetadata): PartitionSpec {
  const ts = currentSchema(metadata).fields.find((field) => field.name === "ts");
  const spec = metadata["partition-specs"].find(
    (item) => isDaySpec(item) && item.fields.length === 1 && item.fields[0]?.["source-id"] === ts?.id,
  );
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
