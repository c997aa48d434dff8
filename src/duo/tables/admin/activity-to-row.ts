import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { compactJson } from "../../../ecs/compact-json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { activityOutcome } from "../activity/classify.ts";
import { v1ActorName } from "../activity/v1-actor-name.ts";
import { objectOf } from "../common/doc.ts";
import { hasFailed } from "../common/has-failed.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readAddress, type ReadAddress } from "../common/read-address.ts";
import { readStructure } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";
import { fillRow } from "./fill-row.ts";
import { isAboutPerson } from "./is-about-person.ts";
import { OWN_EMAIL_ACTIONS } from "./own-email-actions.ts";
import { readChanges } from "./read-changes.ts";

/** Kinds of target that are a person. */
const PERSON_TARGETS: ReadonlySet<string> = new Set(["admin", "user", "user_bypass"]);
/** How the activity log spells a user's status, and how the administrator log does. */
const V1_STATUSES: ReadonlyMap<string, string> = new Map([
  ["active", "Active"],
  ["bypass", "Bypass"],
  ["disabled", "Disabled"],
]);

const MAPPING: TableMapping = {
  table: "admin",
  kind: "event",
  timeKeys: ["ts", "isotimestamp", "timestamp"],
  fill,
};

/**
 * Maps an event of the activity log (v2) to the columns of the administrator log, spelled as that log spells
 * them, so that queries go on matching (docs/decisions/0010-rows-from-activity.md).
 */
export function activityToAdminRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, parts: RowParts): void {
  const actionObject = event["action"];
  const action = toText(isJsonObject(actionObject) ? actionObject["name"] : actionObject) ?? "";
  const description = objectOf(actionObject)["details"];
  const given = readStructure(description);
  const details = isJsonObject(given) ? given : objectOf(undefined);
  const actor = objectOf(event["actor"]);
  const target = objectOf(event["target"]);
  const targetType = toText(target["type"]);
  const changes = readChanges(event, action);
  const entry = {
    action,
    actor: v1ActorName(actor) ?? toText(actor["name"]),
    actorEmail: readEmail(action, actor, details),
    object: toText(target["name"]),
    isObjectPerson: targetType === undefined ? isAboutPerson(action) : PERSON_TARGETS.has(targetType),
    outcome: readOutcome(event, action),
    text: given === undefined ? toText(description) : undefined,
    structure: given ?? (compactJson(changes) === undefined ? undefined : changes),
    details,
    status: readStatus(details, changes),
    changes: { ...details, ...changes },
    address: readSource(event, details, parts.tags),
  };
  fillRow(entry, parts);
}

function readEmail(action: string, actor: JsonObject, details: JsonObject): string | undefined {
  const own = readStructure(actor["details"]);
  const email = isJsonObject(own) ? toText(own["email"]) : undefined;
  return email ?? (OWN_EMAIL_ACTIONS.has(action) ? toText(details["email"]) : undefined);
}

/** An action whose name tells of a failure is one, whatever its result: so it is in the administrator log. */
function readOutcome(event: JsonObject, action: string): string {
  return hasFailed(action)
    ? "failure"
    : activityOutcome(toText(objectOf(event["outcome"])["result"]), action);
}

function readStatus(details: JsonObject, changes: JsonObject): string | undefined {
  const status = toText(details["status"]) ?? toText(changes["status"]);
  return status === undefined ? undefined : (V1_STATUSES.get(status) ?? status);
}

/** The address of the actor's device; where Duo knows none, that in the details, as in the administrator log. */
function readSource(event: JsonObject, details: JsonObject, tags: Tags): ReadAddress {
  const address = readAddress(objectOf(event["access_device"])["ip"], "access_device.ip", tags);
  return address.text === undefined
    ? readAddress(details["ip_address"], "action.details.ip_address", tags)
    : address;
}
