import { numberProperty } from "./metadata.ts";
import type { Int64, SnapshotReference, TableMetadata, TableUpdate } from "./types.ts";

/**
 * Gives the table's next metadata: the updates in their order, then the times and the metadata log
 * (REST spec, `TableUpdate`; spec, "Table Metadata Fields"). Pure; the base is not changed.
 *
 * @param base the table as it is
 * @param updates what to change
 * @param from where `base` stands and what time it is; both go into the metadata log
 */
export function applyUpdates(
  base: TableMetadata,
  updates: readonly TableUpdate[],
  from: { readonly metadataLocation: string; readonly nowMs: number },
): TableMetadata {
  // Clocks of two machines differ; a time that goes back would break time travel by timestamp.
  const nowMs = Math.max(from.nowMs, base["last-updated-ms"]);
  let next: TableMetadata = base;
  for (const update of updates) next = applyUpdate(next, update, nowMs);
  const log = [
    ...base["metadata-log"],
    { "metadata-file": from.metadataLocation, "timestamp-ms": base["last-updated-ms"] },
  ];
  return {
    ...next,
    "last-updated-ms": nowMs,
    "metadata-log": log.slice(-previousVersionsMax(next)),
  };
}

/** How many earlier metadata files a table keeps. */
export function previousVersionsMax(metadata: TableMetadata): number {
  const key = "write.metadata.previous-versions-max";
  return Math.floor(numberProperty(metadata.properties, { key, fallback: 100 }));
}

function applyUpdate(table: TableMetadata, update: TableUpdate, nowMs: number): TableMetadata {
  switch (update.action) {
    case "add-schema":
      return {
        ...table,
        schemas: [...table.schemas, update.schema],
        "last-column-id": Math.max(table["last-column-id"], update["last-column-id"]),
      };
    case "set-current-schema":
      return { ...table, "current-schema-id": schemaId(table, update["schema-id"]) };
    case "add-snapshot":
      return {
        ...table,
        snapshots: [...table.snapshots, update.snapshot],
        "last-sequence-number": update.snapshot["sequence-number"],
      };
    case "set-snapshot-ref": {
      const { action: _action, "ref-name": name, ...reference } = update;
      return setReference(table, { name, reference, nowMs });
    }
    case "remove-snapshots":
      return removeSnapshots(table, new Set(update["snapshot-ids"]));
    case "set-properties":
      return { ...table, properties: { ...table.properties, ...update.updates } };
    case "remove-properties": {
      const properties = { ...table.properties };
      for (const key of update.removals) delete properties[key];
      return { ...table, properties };
    }
  }
}

function schemaId(table: TableMetadata, wanted: number): number {
  const id = wanted === -1 ? table.schemas.at(-1)?.["schema-id"] : wanted;
  if (!table.schemas.some((schema) => schema["schema-id"] === id)) {
    throw new RangeError(`Cannot set the current schema: there is none with id ${String(id)}`);
  }
  return id as number;
}

function setReference(
  table: TableMetadata,
  options: { name: string; reference: SnapshotReference; nowMs: number },
): TableMetadata {
  const { name, reference, nowMs } = options;
  const id = reference["snapshot-id"];
  if (!table.snapshots.some((snapshot) => snapshot["snapshot-id"] === id)) {
    throw new RangeError(`Cannot set ${name}: there is no snapshot ${String(id)}`);
  }
  const refs = { ...table.refs, [name]: reference };
  if (name !== "main") return { ...table, refs };
  return {
    ...table,
    refs,
    "current-snapshot-id": id,
    "snapshot-log":
      table["current-snapshot-id"] === id
        ? table["snapshot-log"]
        : [...table["snapshot-log"], { "snapshot-id": id, "timestamp-ms": nowMs }],
  };
}

/**
 * Removes snapshots and what names them. The log is cut at its last removed entry, because what stood before it
 * can no longer be told apart from what never was (spec, "Snapshot Retention Policy").
 */
function removeSnapshots(table: TableMetadata, removed: ReadonlySet<Int64>): TableMetadata {
  const current = table["current-snapshot-id"];
  if (current !== undefined && removed.has(current)) {
    throw new RangeError("Cannot remove the current snapshot");
  }
  const log = table["snapshot-log"];
  const cut = log.findLastIndex((entry) => removed.has(entry["snapshot-id"]));
  const refs = Object.entries(table.refs).filter(([, reference]) => !removed.has(reference["snapshot-id"]));
  return {
    ...table,
    snapshots: table.snapshots.filter((snapshot) => !removed.has(snapshot["snapshot-id"])),
    "snapshot-log": log.slice(cut + 1),
    refs: Object.fromEntries(refs),
  };
}
