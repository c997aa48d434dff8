import type { Json } from "../core/json.ts";
import { compactJson } from "./compact-json.ts";

/**
 * Gives a value as the text of a string column: text as it is, a number in its JSON spelling, a boolean as
 * `true` or `false`, an object or array as compacted, sorted JSON.
 *
 * @returns undefined for null, empty text, and a structure that holds nothing
 */
export function toText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (value === null || value === undefined) return undefined;
  // `1e999` parses to Infinity, which JSON cannot spell.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === "object" ? compactJson(value) : String(value);
}
