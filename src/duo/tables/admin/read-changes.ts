import { isJsonObject, stringifySorted, type Json, type JsonObject } from "../../../core/json.ts";
import { objectOf } from "../common/doc.ts";
import { readStructure } from "../common/read-structure.ts";

/**
 * Gives what an activity changed of its target, as the descriptions of the administrator log do: the members
 * of the target's details that differ from those before, and for a creation all of them.
 *
 * Where Duo tells no state before, an action that creates nothing has no known changes.
 */
export function readChanges(event: JsonObject, action: string): JsonObject {
  const after = detailsOf(event["target"]);
  const before = detailsOf(event["old_target"]) ?? (action.includes("create") ? {} : undefined);
  if (after === undefined || before === undefined) return {};
  return Object.fromEntries(
    Object.entries(after).filter(
      ([key, value]) => !Object.hasOwn(before, key) || !isEqual(value, before[key]),
    ),
  );
}

function detailsOf(party: Json | undefined): JsonObject | undefined {
  const details = readStructure(objectOf(party)["details"]);
  return isJsonObject(details) ? details : undefined;
}

function isEqual(a: Json, b: Json | undefined): boolean {
  return b !== undefined && stringifySorted(a) === stringifySorted(b);
}
