import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { objectOf } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readAddress } from "../common/read-address.ts";
import { readStructure } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";
import { classifyAction } from "./classify.ts";
import { fillRow } from "./fill-row.ts";
import { isAboutPerson } from "./is-about-person.ts";
import { OWN_EMAIL_ACTIONS } from "./own-email-actions.ts";

const MAPPING: TableMapping = {
  table: "admin",
  kind: "event",
  timeKeys: ["timestamp", "isotimestamp"],
  fill,
};

/** Maps an event of the administrator log (v1). */
export function toAdminRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, parts: RowParts): void {
  const action = toText(event["action"]) ?? "";
  const structure = readStructure(event["description"]);
  const details = isJsonObject(structure) ? structure : objectOf(undefined);
  const entry = {
    action,
    actor: toText(event["username"]),
    actorEmail: OWN_EMAIL_ACTIONS.has(action) ? toText(details["email"]) : undefined,
    object: toText(event["object"]),
    isObjectPerson: isAboutPerson(action),
    outcome: classifyAction(action).outcome,
    text: structure === undefined ? toText(event["description"]) : undefined,
    structure,
    details,
    status: toText(details["status"]),
    changes: details,
    address: readAddress(details["ip_address"], "description.ip_address", parts.tags),
  };
  fillRow(entry, parts);
}
