import type { Json } from "../core/json.ts";
import type { Tags } from "./tags.ts";

/**
 * Gives a value as the boolean of a column: true or false, the same as text in any case, or 0 and 1.
 *
 * @returns undefined when there is none; a value that does not fit is also noted in `tags` under `path`
 */
export function toBoolean(value: Json | undefined, path: string, tags: Tags): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === null || value === undefined || value === "") return undefined;
  if (value === 0 || value === 1) return value === 1;
  if (typeof value === "string" && value.length <= 5) {
    const word = value.toLowerCase();
    if (word === "true" || word === "false") return word === "true";
  }
  tags.malformed(path);
  return undefined;
}
