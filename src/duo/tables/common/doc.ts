import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";

/** A part of a row while it is built. It never holds anything empty, so the finished row is compact. */
export interface Doc {
  [key: string]: Json;
}

const NOTHING: JsonObject = {};

/** Gives the value where it is an object, else an object without keys. */
export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : NOTHING;
}

/** Sets a key, unless there is no value. */
export function put(doc: Doc, key: string, value: Json | undefined): void {
  if (value !== undefined) doc[key] = value;
}

/**
 * Copies the named keys of an object as texts.
 *
 * @returns undefined when `source` is no object or has none of them
 */
export function copyTexts(source: Json | undefined, keys: readonly string[]): Doc | undefined {
  if (!isJsonObject(source)) return undefined;
  let doc: Doc | undefined;
  for (const key of keys) {
    const text = toText(source[key]);
    if (text === undefined) continue;
    doc ??= {};
    doc[key] = text;
  }
  return doc;
}

/** Gives the document back unless it is empty. */
export function unlessEmpty(doc: Doc): Doc | undefined {
  for (const _ in doc) return doc;
  return undefined;
}
