import { compareCodePoints, type Json, type JsonObject } from "../core/json.ts";

/** Nesting beyond this is refused, so that no event can exhaust the stack. */
export const DEPTH_MAX = 100;

/**
 * Writes a value as JSON text without blanks, keys sorted by code point, and everything empty left out: null,
 * empty text, and the objects and arrays that hold nothing else. `0`, `false` and blank text stay.
 *
 * This is the form of every column that keeps a structure as text (`duo.admin.flattened`).
 *
 * @returns undefined when nothing is left, or when the value is nested deeper than `DEPTH_MAX`
 */
export function compactJson(value: Json): string | undefined {
  return exceedsDepth(value, DEPTH_MAX) ? undefined : write(value);
}

/** True when arrays and objects are nested in each other more than `max` times. */
export function exceedsDepth(value: Json, max: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (max === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) if (exceedsDepth(item, max - 1)) return true;
    return false;
  }
  const object = value as JsonObject;
  for (const key in object) {
    const inner = object[key] as Json;
    if (typeof inner === "object" && inner !== null && exceedsDepth(inner, max - 1)) return true;
  }
  return false;
}

function write(value: Json): string | undefined {
  if (value === null || value === "") return undefined;
  if (typeof value === "bigint") return value.toString();
  // `1e999` parses to Infinity, which JSON cannot spell.
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  if (typeof value !== "object") return JSON.stringify(value);
  return Array.isArray(value) ? writeArray(value as readonly Json[]) : writeObject(value as JsonObject);
}

function writeArray(items: readonly Json[]): string | undefined {
  let text = "";
  for (const item of items) {
    const inner = write(item);
    if (inner !== undefined) text += text === "" ? inner : `,${inner}`;
  }
  return text === "" ? undefined : `[${text}]`;
}

function writeObject(object: JsonObject): string | undefined {
  let text = "";
  for (const key of Object.keys(object).sort(compareCodePoints)) {
    const inner = write(object[key] as Json);
    if (inner !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${inner}`;
  }
  return text === "" ? undefined : `{${text}}`;
}
