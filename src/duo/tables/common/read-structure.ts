import { parseJson, type Json, type JsonObject } from "../../../core/json.ts";
import { compactJson, DEPTH_MAX, exceedsDepth } from "../../../ecs/compact-json.ts";
import { wellFormed } from "../../../ecs/well-formed.ts";

export type Structure = JsonObject | readonly Json[];

// What JSON allows before a document.
const OPENING = /^[ \t\r\n]*[[{]/;

/**
 * Gives the object or array that a value is, or that its text holds: Duo packs JSON into texts (`description`,
 * `details`), and some of its endpoints and proxies unpack it again.
 *
 * @returns undefined for anything else: plain text, broken JSON, a JSON scalar, a structure nested too deep
 */
export function readStructure(value: Json | undefined): Structure | undefined {
  if (typeof value === "object" && value !== null) return value;
  if (typeof value !== "string" || !OPENING.test(value)) return undefined;
  let parsed: Json;
  try {
    parsed = parseJson(value);
  } catch {
    return undefined;
  }
  if (exceedsDepth(parsed, DEPTH_MAX)) return undefined;
  return (value.includes("\\u") ? wellFormed(parsed) : parsed) as Structure;
}

/** Writes a structure as compacted, sorted JSON text; one that holds nothing is `{}` or `[]`. */
export function structureText(structure: Structure): string {
  return compactJson(structure) ?? (Array.isArray(structure) ? "[]" : "{}");
}
