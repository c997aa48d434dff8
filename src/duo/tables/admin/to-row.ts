import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toText } from "../../../ecs/to-text.ts";
import { uniqueTexts } from "../../../ecs/unique-texts.ts";
import { objectOf, put, unlessEmpty, type Doc } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readAddress } from "../common/read-address.ts";
import { readStructure, structureText } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";
import { classifyAction } from "./classify.ts";

const REASON_KEYS: readonly string[] = ["error", "Errors", "message", "reason"];
const ERROR_KEYS: readonly string[] = ["Errors", "error"];

/** Actions whose description names the e-mail address of the administrator who acted. */
const ACTOR_EMAIL_ACTIONS: ReadonlySet<string> = new Set([
  "admin_self_activate",
  "admin_login",
  "admin_login_error",
  "admin_2fa_error",
]);
/** Actions whose object is a user or an administrator. */
const USER_OBJECT = /^(?:user|admin|bypass)_/;

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

function fill(event: JsonObject, { row, event: ecsEvent, duo, tags }: RowParts): void {
  const action = toText(event["action"]) ?? "";
  const actor = toText(event["username"]);
  const object = toText(event["object"]);
  const structure = readStructure(event["description"]);
  const details = isJsonObject(structure) ? structure : objectOf(undefined);

  const { category, type, outcome } = classifyAction(action);
  put(ecsEvent, "action", action === "" ? undefined : action);
  put(ecsEvent, "category", category);
  ecsEvent["type"] = type;
  ecsEvent["outcome"] = outcome;

  put(duo, "action", action === "" ? undefined : action);
  put(duo, "action_performed_on", object);
  if (actor !== undefined) duo["user"] = { name: actor };
  if (structure === undefined) {
    const text = toText(event["description"]);
    put(row, "message", text);
    put(ecsEvent, "reason", text);
  } else {
    duo["flattened"] = structureText(structure);
    put(duo, "errors", firstText(details, ERROR_KEYS));
    put(duo, "status", toText(details["status"]));
    put(ecsEvent, "reason", firstText(details, REASON_KEYS));
  }

  put(row, "user", readUser(action, { actor, object, details }));
  const ip = putSource(row, details, tags);
  const related: Doc = {};
  put(related, "ip", uniqueTexts([ip]));
  put(related, "user", uniqueTexts([actor, USER_OBJECT.test(action) ? object : undefined]));
  put(row, "related", unlessEmpty(related));
}

function readUser(
  action: string,
  event: {
    readonly actor: string | undefined;
    readonly object: string | undefined;
    readonly details: JsonObject;
  },
): Doc | undefined {
  const user: Doc = {};
  put(user, "name", event.actor);
  if (event.object !== undefined) user["target"] = { name: event.object };
  if (ACTOR_EMAIL_ACTIONS.has(action)) put(user, "email", toText(event.details["email"]));
  if (action === "user_update") {
    const changes: Doc = {};
    put(changes, "name", toText(event.details["realname"]));
    put(changes, "email", toText(event.details["email"]));
    put(user, "changes", unlessEmpty(changes));
  }
  return unlessEmpty(user);
}

/** Fills `source` from the address in the description and gives the address. */
function putSource(row: Doc, details: JsonObject, tags: Tags): string | undefined {
  const { ip, text } = readAddress(details["ip_address"], "description.ip_address", tags);
  const source: Doc = {};
  put(source, "address", text);
  put(source, "ip", ip);
  put(row, "source", unlessEmpty(source));
  return ip;
}

function firstText(details: JsonObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = toText(details[key]);
    if (text !== undefined) return text;
  }
  return undefined;
}
