import type { JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";

const API_ACTOR = "adminapi";
const API_NAME = /^API(?: \(.*\))?$/s;

/**
 * Gives the name of an activity's actor as the administrator log (v1) spells it: an application of the Admin API
 * is `API (<application name>)` there, or `API`; every other actor has one name in both logs.
 *
 * @returns undefined where the actor has no name and is not the Admin API, or where the name is a structure
 */
export function v1ActorName(actor: JsonObject): string | undefined {
  const given = actor["name"];
  // Raw events come here too; a structure may be deeper than the stack.
  if (typeof given === "object" && given !== null) return undefined;
  const name = toText(given);
  if (actor["type"] !== API_ACTOR) return name;
  if (name === undefined) return "API";
  return API_NAME.test(name) ? name : `API (${name})`;
}
