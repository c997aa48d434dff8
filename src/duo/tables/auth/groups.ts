import { isJsonObject, type Json } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";

/**
 * Gives the user's groups as a clean list: null and empty ones left out, objects by their `name`, other values as
 * text. A single value counts as a list of one; text is never split, because group names may hold commas.
 *
 * @returns undefined when there is none
 */
export function readGroups(value: Json | undefined): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined;
  const groups: string[] = [];
  for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
    const name = toText(isJsonObject(item) ? item["name"] : item);
    if (name !== undefined) groups.push(name);
  }
  return groups.length === 0 ? undefined : groups;
}
