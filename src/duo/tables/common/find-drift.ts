import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { wellFormed } from "../../../ecs/well-formed.ts";
import type { KnownField, KnownShape } from "./known-shape.ts";

const ENTRY_COUNT_MAX = 20;
/** Items of a list that are looked at. */
const ITEM_COUNT_MAX = 16;
const NAME_LENGTH_MAX = 64;

const CONTROL = /\p{Cc}/gu;

const NOTHING: readonly string[] = [];

/**
 * Finds what an event has that this version does not know: `field access_device.new_thing` for a key,
 * `value factor=quantum_push` for a word of an enumeration. Names and values are cut to 64 characters; an event
 * gives at most 20 entries, each once.
 *
 * Null and empty text are always known, and so are keys that are missing. Pure, never throws, goes no deeper
 * than what is known. Every event passes here, so the ordinary one allocates nothing.
 *
 * @param event as Duo returned it; what is no object has no fields and no drift
 * @returns one shared empty list where there is none
 */
export function findDrift(event: Json, known: KnownShape): readonly string[] {
  if (!isJsonObject(event) || isKnownObject(event, known)) return NOTHING;
  const found = new Set<string>();
  collectObject(event, known, { path: "", found });
  return [...found];
}

function isKnownObject(object: JsonObject, { keys, fields, places }: KnownShape): boolean {
  let place = 0;
  for (const key in object) {
    // Duo sends keys sorted: the next one is nearly always here, which a look-up would take long to say.
    if (keys[place] !== key) {
      const found = places.get(key);
      if (found === undefined) return false;
      place = found;
    }
    const field = fields[place] as KnownField;
    if (field !== "any" && !isKnownValue(object[key] as Json, field)) return false;
    place += 1;
  }
  return true;
}

function isKnownValue(value: Json, field: Exclude<KnownField, "any">): boolean {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) {
    const count = Math.min(value.length, ITEM_COUNT_MAX);
    for (let i = 0; i < count; i += 1)
      if (!isKnownItem((value as readonly Json[])[i] as Json, field)) return false;
    return true;
  }
  return isKnownItem(value, field);
}

function isKnownItem(value: Json, field: Exclude<KnownField, "any">): boolean {
  if (value === null || value === "") return true;
  if (field instanceof Set) return typeof value === "string" && field.has(value);
  // Text in an object's place (`security_agents: "unknown"`) is the mapping's affair.
  return !isJsonObject(value) || isKnownObject(value, field as KnownShape);
}

/** Where the search stands, and what it has found. */
interface Search {
  readonly path: string;
  readonly found: Set<string>;
}

function collectObject(object: JsonObject, shape: KnownShape, { path, found }: Search): void {
  for (const key in object) {
    if (found.size >= ENTRY_COUNT_MAX) return;
    const field = fieldOf(shape, key);
    if (field === "any") continue;
    const inner = { path: path === "" ? key : `${path}.${key}`, found };
    if (field === undefined)
      found.add(`field ${path === "" ? "" : `${path}.`}${cut(key === "" ? '""' : key)}`);
    else collectValue(object[key] as Json, field, inner);
  }
}

function fieldOf({ fields, places }: KnownShape, key: string): KnownField | undefined {
  const place = places.get(key);
  return place === undefined ? undefined : fields[place];
}

function collectValue(value: Json, field: Exclude<KnownField, "any">, search: Search): void {
  const { path, found } = search;
  const items: readonly Json[] = Array.isArray(value) ? value.slice(0, ITEM_COUNT_MAX) : [value];
  for (const item of items) {
    if (found.size >= ENTRY_COUNT_MAX) return;
    if (isKnownItem(item, field)) continue;
    if (field instanceof Set) found.add(`value ${path}=${cut(wordOf(item))}`);
    else collectObject(item as JsonObject, field as KnownShape, search);
  }
}

/** A structure in a word's place is told by its kind: its content may be anything, and a lot. */
function wordOf(value: Json): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "[]" : "{}";
}

/** Cuts a text and makes it fit to be printed: entries are shown in terminals, and Duo's texts may hold anything. */
function cut(text: string): string {
  // Cutting may halve a character, which the lake could not store.
  const whole = wellFormed(text.slice(0, NAME_LENGTH_MAX)) as string;
  return whole.replaceAll(CONTROL, "\u{FFFD}");
}
