import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { daySpec, newSnapshotId } from "../../../src/lake/append/prepare.ts";
import { listPath, requirementsOf } from "../../../src/lake/append/stage.ts";
import type { LakeTable } from "../../../src/lake/lake.ts";
import { literal } from "../../../src/lake/parquet/duckdb-types.ts";
import { currentManifests } from "../../../src/lake/read-manifests.ts";
import { writeAvro } from "../../../src/lake/spec/avro.ts";
import { dateDays } from "../../../src/lake/spec/instant.ts";
import { manifestEntrySchema } from "../../../src/lake/spec/manifest-schema.ts";
import { type ManifestFile, writeManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { currentSchema, currentSnapshot } from "../../../src/lake/spec/metadata.ts";
import type { Int64 } from "../../../src/lake/spec/types.ts";
import { internalsOf } from "../../../src/lake/table.ts";
import { sql } from "./sql.ts";

/** How another engine says that rows are gone. */
export interface DeletedRows {
  /** Rows by the file's path and their position in it, from 0. */
  readonly rows: readonly (readonly [path: string, position: number])[];
  /** 1 position deletes (unless given), 2 equality deletes. */
  readonly content?: number;
  /** `PARQUET` unless given. */
  readonly format?: string;
  /** That of the snapshot unless given. */
  readonly sequenceNumber?: number;
}

/** Deletes rows as Spark's merge-on-read does: a file of their positions, in a manifest of deletes (spec, "Row-level Deletes"). */
export async function deleteRows(table: LakeTable, deleted: DeletedRows): Promise<void> {
  const { tools, loaded } = internalsOf(table);
  const { metadata } = loaded;
  const parent = currentSnapshot(metadata);
  const snapshotId = newSnapshotId(metadata);
  const sequenceNumber = metadata["last-sequence-number"] + 1;
  const manifest = await deleteManifest(table, { deleted, snapshotId, sequenceNumber });
  const list = listPath(metadata.location, { snapshotId, attempt: 0 });
  const parentSnapshotId = parent?.["snapshot-id"];
  const manifests = [...(await currentManifests(tools.store, metadata)), manifest];
  await tools.store.writeNew(
    list,
    writeManifestList({ snapshotId, parentSnapshotId, sequenceNumber, manifests }),
  );
  await tools.catalog.commit(loaded, requirementsOf(loaded), [
    {
      action: "add-snapshot",
      snapshot: {
        "snapshot-id": snapshotId,
        ...(parentSnapshotId !== undefined && { "parent-snapshot-id": parentSnapshotId }),
        "sequence-number": sequenceNumber,
        "timestamp-ms": metadata["last-updated-ms"],
        "manifest-list": list,
        summary: { ...parent?.summary, operation: "overwrite" },
        "schema-id": metadata["current-schema-id"],
      },
    },
    { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": snapshotId },
  ]);
}

/** One delete file for each day: deletes are meant for the data files of their partition (spec, "Scan Planning"). */
async function deleteManifest(
  table: LakeTable,
  of: { readonly deleted: DeletedRows; readonly snapshotId: Int64; readonly sequenceNumber: number },
): Promise<ManifestFile> {
  const { tools, loaded } = internalsOf(table);
  const { metadata } = loaded;
  const { rows, content = 1, format = "PARQUET", sequenceNumber = null } = of.deleted;
  const dayIn = (path: string): string => /ts_day=([0-9-]+)/.exec(path)?.[1] ?? "";
  const days = [...new Set(rows.map(([path]) => dayIn(path)))];
  const spec = daySpec(metadata);
  const records = await Promise.all(
    days.map(async (day) => {
      const some = rows.filter(([path]) => dayIn(path) === day);
      return {
        status: sequenceNumber === null ? 1 : 0,
        snapshot_id: of.snapshotId,
        sequence_number: sequenceNumber,
        file_sequence_number: sequenceNumber,
        data_file: {
          content,
          file_format: format,
          partition: { ts_day: dateDays(day) ?? null },
          record_count: some.length,
          ...(await deleteFile(metadata.location, some)),
        },
      };
    }),
  );
  const bytes = writeAvro({
    schema: manifestEntrySchema(spec),
    metadata: {
      schema: JSON.stringify(currentSchema(metadata)),
      "schema-id": String(metadata["current-schema-id"]),
      "partition-spec": JSON.stringify(spec.fields),
      "partition-spec-id": String(spec["spec-id"]),
      "format-version": "2",
      content: "deletes",
    },
    records,
  });
  const path = `${metadata.location}/metadata/${randomUUID()}-m0.avro`;
  await tools.store.writeNew(path, bytes);
  return {
    manifest_path: path,
    manifest_length: bytes.length,
    partition_spec_id: spec["spec-id"],
    content: 1,
    sequence_number: of.sequenceNumber,
    min_sequence_number: sequenceNumber ?? of.sequenceNumber,
    added_snapshot_id: of.snapshotId,
    added_files_count: records.length,
    existing_files_count: 0,
    deleted_files_count: 0,
    added_rows_count: rows.length,
    existing_rows_count: 0,
    deleted_rows_count: 0,
  };
}

async function deleteFile(
  location: string,
  rows: DeletedRows["rows"],
): Promise<{ readonly file_path: string; readonly file_size_in_bytes: number }> {
  const path = `${location}/data/${randomUUID()}-deletes.parquet`;
  const values = rows.map(([file, position]) => `(${literal(file)}, ${position}::BIGINT)`).join(", ");
  await sql.rows(
    `COPY (SELECT * FROM (VALUES ${values}) AS d(file_path, pos) ORDER BY ALL) TO ${literal(path)} (FORMAT parquet, FIELD_IDS {file_path: 2147483546, pos: 2147483545})`,
  );
  return { file_path: path, file_size_in_bytes: (await stat(path)).size };
}
