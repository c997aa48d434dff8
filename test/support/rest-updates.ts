import type { Requirement, ServedMetadata, Update } from "./rest-metadata.ts";
import { badRequest, RestRefusal } from "./rest-refusal.ts";
import { respelled } from "./rest-respelled.ts";

type Id = number | bigint;

/** Clocks may differ by so much (Iceberg's `TableMetadata`). */
const CLOCKS_MS_MAX = 60_000;

/** What one commit has done so far. */
interface Progress {
  /** Answers as versions before 1.11 did. */
  readonly isOld: boolean;
  addedSchemaId: number | undefined;
  readonly addedSnapshots: Set<Id>;
}

/** True where the table meets the requirement (REST spec, `TableRequirement`). */
export function isMet(table: ServedMetadata, requirement: Requirement): boolean {
  switch (requirement.type) {
    case "assert-create":
      return false;
    case "assert-table-uuid":
      return table["table-uuid"] === requirement.uuid;
    case "assert-ref-snapshot-id":
      return (table.refs[requirement.ref ?? ""]?.["snapshot-id"] ?? null) === requirement["snapshot-id"];
    case "assert-current-schema-id":
      return table["current-schema-id"] === requirement["current-schema-id"];
    case "assert-last-assigned-field-id":
      return table["last-column-id"] === requirement["last-assigned-field-id"];
    default:
      throw badRequest(`Unknown requirement ${requirement.type}`);
  }
}

/** The table after all steps of a commit (REST spec, `TableUpdate`); the table itself where they change nothing. */
export function applied(
  table: ServedMetadata,
  updates: readonly Update[],
  { nowMs, isOld }: { readonly nowMs: number; readonly isOld: boolean },
): ServedMetadata {
  const progress: Progress = { isOld, addedSchemaId: undefined, addedSnapshots: new Set() };
  let next = table;
  for (const update of updates) next = afterStep(next, update, { progress, nowMs });
  if (next === table) return table;
  checkTimes(next, nowMs);
  return { ...next, "last-updated-ms": nowMs };
}

function afterStep(
  table: ServedMetadata,
  update: Update,
  { progress, nowMs }: { readonly progress: Progress; readonly nowMs: number },
): ServedMetadata {
  switch (update.action) {
    case "add-schema":
      return withSchema(table, update, progress);
    case "set-current-schema": {
      const id = update["schema-id"] === -1 ? progress.addedSchemaId : update["schema-id"];
      if (id === undefined) throw invalid("Cannot set last added schema: no schema has been added");
      return { ...table, "current-schema-id": id };
    }
    case "add-snapshot":
      return withSnapshot(table, update, progress);
    case "set-snapshot-ref":
      return referred(table, update, { progress, nowMs });
    case "remove-snapshots":
      return withoutSnapshots(table, new Set(update["snapshot-ids"]));
    case "set-properties":
      return { ...table, properties: { ...table.properties, ...update.updates } };
    case "remove-properties": {
      const kept = Object.entries(table.properties).filter(([key]) => !update.removals.includes(key));
      return { ...table, properties: Object.fromEntries(kept) };
    }
    default:
      throw badRequest("Cannot convert metadata update action");
  }
}

/** A schema that is there already is not added. Its id is the server's to give. */
function withSchema(
  table: ServedMetadata,
  update: Extract<Update, { readonly action: "add-schema" }>,
  progress: Progress,
): ServedMetadata {
  const { fields } = respelled(update.schema);
  const text = JSON.stringify(fields);
  if (table.schemas.some((one) => JSON.stringify(one.fields) === text)) return table;
  const id = Math.max(...table.schemas.map((one) => one["schema-id"])) + 1;
  progress.addedSchemaId = id;
  return {
    ...table,
    schemas: [...table.schemas, { ...update.schema, fields, "schema-id": id }],
    "last-column-id": Math.max(table["last-column-id"], update["last-column-id"]),
  };
}

function withSnapshot(
  table: ServedMetadata,
  { snapshot }: Extract<Update, { readonly action: "add-snapshot" }>,
  progress: Progress,
): ServedMetadata {
  const { "snapshot-id": id, "sequence-number": sequence } = snapshot;
  const last = table["last-sequence-number"];
  if (table.snapshots.some((one) => one["snapshot-id"] === id))
    throw invalid(`Snapshot already exists for id: ${id}`);
  if (sequence <= last && snapshot["parent-snapshot-id"] !== undefined) {
    const reason = `Cannot add snapshot with sequence number ${sequence} older than last sequence number ${last}`;
    if (progress.isOld) throw invalid(reason);
    throw new RestRefusal(409, "CommitFailedException", `Validation failed, please retry: ${reason}`);
  }
  progress.addedSnapshots.add(id);
  return { ...table, snapshots: [...table.snapshots, snapshot], "last-sequence-number": sequence };
}

/** References to what goes go too, and so does the log before it. */
function withoutSnapshots(table: ServedMetadata, gone: ReadonlySet<Id>): ServedMetadata {
  const snapshots = table.snapshots.filter((one) => !gone.has(one["snapshot-id"]));
  if (snapshots.length === table.snapshots.length) return table;
  const log = table["snapshot-log"];
  const refs = Object.entries(table.refs).filter(([, one]) => !gone.has(one["snapshot-id"]));
  return {
    ...table,
    snapshots,
    "snapshot-log": log.slice(log.findLastIndex((one) => gone.has(one["snapshot-id"])) + 1),
    refs: Object.fromEntries(refs),
    "current-snapshot-id": gone.has(table["current-snapshot-id"]) ? -1 : table["current-snapshot-id"],
  };
}

function referred(
  table: ServedMetadata,
  update: Extract<Update, { readonly action: "set-snapshot-ref" }>,
  { progress, nowMs }: { readonly progress: Progress; readonly nowMs: number },
): ServedMetadata {
  const { action: _action, "ref-name": name, ...reference } = update;
  const id = reference["snapshot-id"];
  const snapshot = table.snapshots.find((one) => one["snapshot-id"] === id);
  if (snapshot === undefined) throw invalid(`Cannot set ${name} to unknown snapshot: ${id}`);
  const refs = { ...table.refs, [name]: reference };
  if (name !== "main" || table["current-snapshot-id"] === id) return { ...table, refs };
  const timestampMs = progress.addedSnapshots.has(id) ? snapshot["timestamp-ms"] : nowMs;
  const log = [...table["snapshot-log"], { "snapshot-id": id, "timestamp-ms": timestampMs }];
  return { ...table, refs, "current-snapshot-id": id, "snapshot-log": log };
}

/** Neither may the log go back in time nor the table be older than its newest snapshot. */
function checkTimes(table: ServedMetadata, nowMs: number): void {
  let lastMs = -Infinity;
  for (const { "timestamp-ms": timeMs } of table["snapshot-log"]) {
    if (timeMs - lastMs < -CLOCKS_MS_MAX) throw outOfTime("[BUG] Expected sorted snapshot log entries.");
    lastMs = timeMs;
  }
  if (nowMs - lastMs < -CLOCKS_MS_MAX)
    throw outOfTime(`Invalid update timestamp ${nowMs}: before last snapshot log entry at ${lastMs}`);
}

function invalid(reason: string): RestRefusal {
  return new RestRefusal(400, "ValidationException", reason);
}

function outOfTime(reason: string): RestRefusal {
  return new RestRefusal(400, "IllegalArgumentException", reason);
}
