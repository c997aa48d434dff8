import type { Requirement, ServedMetadata, Update } from "./rest-metadata.ts";
import { badRequest } from "./rest-refusal.ts";

type Id = number | bigint;

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

/** The table after one step of a commit (REST spec, `TableUpdate`). */
export function applied(table: ServedMetadata, update: Update, nowMs: number): ServedMetadata {
  switch (update.action) {
    case "add-schema":
      return {
        ...table,
        schemas: [...table.schemas, update.schema],
        "last-column-id": Math.max(table["last-column-id"], update["last-column-id"]),
      };
    case "set-current-schema": {
      const id = update["schema-id"] === -1 ? table.schemas.at(-1)?.["schema-id"] : update["schema-id"];
      return { ...table, "current-schema-id": id ?? -1 };
    }
    case "add-snapshot": {
      const { snapshot } = update;
      const sequence = snapshot["sequence-number"];
      if (sequence <= table["last-sequence-number"])
        throw badRequest("Cannot add a snapshot with an old sequence number");
      return { ...table, snapshots: [...table.snapshots, snapshot], "last-sequence-number": sequence };
    }
    case "set-snapshot-ref":
      return referred(table, update, nowMs);
    case "remove-snapshots": {
      const gone = new Set(update["snapshot-ids"]);
      const isKept = (one: { readonly "snapshot-id": Id }): boolean => !gone.has(one["snapshot-id"]);
      return {
        ...table,
        snapshots: table.snapshots.filter(isKept),
        "snapshot-log": table["snapshot-log"].filter(isKept),
      };
    }
    case "set-properties":
      return { ...table, properties: { ...table.properties, ...update.updates } };
    case "remove-properties": {
      const kept = Object.entries(table.properties).filter(([key]) => !update.removals.includes(key));
      return { ...table, properties: Object.fromEntries(kept) };
    }
  }
}

function referred(
  table: ServedMetadata,
  update: Extract<Update, { readonly action: "set-snapshot-ref" }>,
  nowMs: number,
): ServedMetadata {
  const { action: _action, "ref-name": name, ...reference } = update;
  const id = reference["snapshot-id"];
  if (!table.snapshots.some((one) => one["snapshot-id"] === id))
    throw badRequest(`${name} to an unknown snapshot`);
  const refs = { ...table.refs, [name]: reference };
  if (name !== "main" || table["current-snapshot-id"] === id) return { ...table, refs };
  const log = [...table["snapshot-log"], { "snapshot-id": id, "timestamp-ms": nowMs }];
  return { ...table, refs, "current-snapshot-id": id, "snapshot-log": log };
}
