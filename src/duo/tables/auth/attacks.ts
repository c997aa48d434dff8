import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toBoolean } from "../../../ecs/to-boolean.ts";
import { toLong } from "../../../ecs/to-integer.ts";
import { copyTexts, put, unlessEmpty, type Doc } from "../common/doc.ts";

const PATH = "rbfs_triggered_attacks";
const TEXTS: readonly string[] = ["country_code_access", "country_code_auth", "detector", "suppressed"];
const LONGS: readonly string[] = [
  "detected_occurrences",
  "threshold_occurrences",
  "threshold_time_frame",
  "unrealistic_travel_velocity",
];

/**
 * Gives the attack patterns that risk-based factor selection saw; one object alone counts as a list of one.
 *
 * @returns undefined when there is none
 */
export function readAttacks(value: Json | undefined, tags: Tags): readonly Doc[] | undefined {
  if (value === null || value === undefined) return undefined;
  const attacks: Doc[] = [];
  for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
    const attack = isJsonObject(item) ? readAttack(item, tags) : undefined;
    if (attack !== undefined) attacks.push(attack);
  }
  return attacks.length === 0 ? undefined : attacks;
}

function readAttack(item: JsonObject, tags: Tags): Doc | undefined {
  const doc = copyTexts(item, TEXTS) ?? {};
  for (const key of LONGS) put(doc, key, toLong(item[key], `${PATH}.${key}`, tags));
  put(doc, "shadow_mode", toBoolean(item["shadow_mode"], `${PATH}.shadow_mode`, tags));
  return unlessEmpty(doc);
}
