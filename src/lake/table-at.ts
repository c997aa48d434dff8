import { DuolakeError } from "../core/errors.ts";
import type { ReadableTable } from "./lake.ts";
import type { Int64, Snapshot, TableMetadata } from "./spec/types.ts";
import { int64 } from "./spec/types.ts";
import { internalsOf, lakeTable } from "./table.ts";

/** A moment in a table's history: a snapshot of it, or a time in ms since 1970. */
export type Moment = { readonly snapshotId: bigint } | { readonly timeMs: number };

/**
 * The table as it was at a moment, with the columns of then: at that snapshot, or at the last one that was current by that time
 * (spec, "Point in Time Reads"). A table that never had a row is empty at any time.
 *
 * @throws snapshot_not_found where the history does not hold the moment, or not any more
 */
export async function tableAt(table: ReadableTable, moment: Moment): Promise<ReadableTable> {
  const { tools, loaded } = internalsOf(table);
  const { metadata, name } = loaded;
  if ("timeMs" in moment && metadata.snapshots.length === 0) return table;
  const snapshot =
    "timeMs" in moment ? byTime(metadata, moment.timeMs) : byId(metadata, int64(moment.snapshotId));
  if (snapshot === undefined) throw notFound(name, metadata, moment);
  const schemaId = snapshot["schema-id"] ?? metadata["current-schema-id"];
  return lakeTable(tools, {
    ...loaded,
    metadata: {
      ...metadata,
      "current-snapshot-id": snapshot["snapshot-id"],
      "current-schema-id": metadata.schemas.some((schema) => schema["schema-id"] === schemaId)
        ? schemaId
        : metadata["current-schema-id"],
    },
  });
}

function byId({ snapshots }: TableMetadata, id: Int64): Snapshot | undefined {
  return snapshots.find((snapshot) => snapshot["snapshot-id"] === id);
}

/** The log says which snapshot was the current one when, also where the table was rolled back since. */
function byTime(metadata: TableMetadata, timeMs: number): Snapshot | undefined {
  const last = metadata["snapshot-log"].findLast((entry) => entry["timestamp-ms"] <= timeMs);
  return last === undefined ? undefined : byId(metadata, last["snapshot-id"]);
}

function notFound(name: string, metadata: TableMetadata, moment: Moment): DuolakeError {
  const wanted = "timeMs" in moment ? instant(moment.timeMs) : `snapshot ${moment.snapshotId}`;
  const [oldest] = metadata["snapshot-log"];
  const reach =
    oldest === undefined
      ? "it has no history"
      : `its history begins with snapshot ${oldest["snapshot-id"]} at ${instant(oldest["timestamp-ms"])}`;
  return new DuolakeError("snapshot_not_found", `Cannot read table ${name} as of ${wanted}: ${reach}`);
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
