import type { JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { uniqueTexts } from "../../../ecs/unique-texts.ts";
import { put, unlessEmpty, type Doc } from "../common/doc.ts";
import type { RowParts } from "../common/map-event.ts";
import { structureText } from "../common/read-structure.ts";
import { classifyAction } from "./classify.ts";
import type { AdminEntry } from "./entry.ts";

const REASON_KEYS: readonly string[] = ["error", "Errors", "message", "reason"];
const ERROR_KEYS: readonly string[] = ["Errors", "error"];

/** Fills a row of `admin`: rows of every log have the same columns filled by the same rules. */
export function fillRow(entry: AdminEntry, { row, event: ecsEvent, duo }: RowParts): void {
  const { actor, object, text, structure, details } = entry;
  const action = toText(entry.action);
  const { category, type } = classifyAction(entry.action);
  put(ecsEvent, "action", action);
  put(ecsEvent, "category", category);
  ecsEvent["type"] = type;
  ecsEvent["outcome"] = entry.outcome;
  put(ecsEvent, "reason", text ?? firstText(details, REASON_KEYS));

  put(duo, "action", action);
  put(duo, "action_performed_on", object);
  if (actor !== undefined) duo["user"] = { name: actor };
  if (structure !== undefined) duo["flattened"] = structureText(structure);
  put(duo, "errors", firstText(details, ERROR_KEYS));
  put(duo, "status", entry.status);

  put(row, "message", text);
  put(row, "user", readUser(entry));
  const source: Doc = {};
  put(source, "address", entry.address.text);
  put(source, "ip", entry.address.ip);
  put(row, "source", unlessEmpty(source));
  const related: Doc = {};
  put(related, "ip", uniqueTexts([entry.address.ip]));
  put(related, "user", uniqueTexts([actor, entry.isObjectPerson ? object : undefined]));
  put(row, "related", unlessEmpty(related));
}

function readUser({ actor, actorEmail, object, action, changes }: AdminEntry): Doc | undefined {
  const user: Doc = {};
  put(user, "name", actor);
  if (object !== undefined) user["target"] = { name: object };
  put(user, "email", actorEmail);
  if (action === "user_update") {
    const changed: Doc = {};
    put(changed, "name", toText(changes["realname"]));
    put(changed, "email", toText(changes["email"]));
    put(user, "changes", unlessEmpty(changed));
  }
  return unlessEmpty(user);
}

function firstText(details: JsonObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = toText(details[key]);
    if (text !== undefined) return text;
  }
  return undefined;
}
