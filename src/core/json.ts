import { randomUUID } from "node:crypto";

/** Any JSON value; integers that a double cannot hold are `bigint`. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object; arrays and null are not. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Random, so that no text in the data can be taken for a marked integer.
const MARK = `int:${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/**
 * Parses JSON and keeps every integer exact: one that a double cannot hold comes back as `bigint`.
 *
 * Iceberg snapshot ids are 64-bit integers; rounding one makes other engines read the table as empty.
 *
 * @param text a JSON document
 * @returns the value
 * @throws SyntaxError where `JSON.parse` does
 */
export function parseJson(text: string): Json {
  if (!hasLongDigits(text)) return JSON.parse(text) as Json;
  const quoted = markLongIntegers(text);
  if (quoted === text) return JSON.parse(text) as Json;
  return JSON.parse(quoted, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  ) as Json;
}

/** Puts each integer that a double cannot hold into a marked string; digits inside strings are passed over. */
function markLongIntegers(text: string): string {
  let marked = "";
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
    } else if (isDigit(unit) || unit === MINUS) {
      let to = at + 1;
      while (NUMBER_PART.has(text.charCodeAt(to))) to += 1;
      const token = text.slice(at, to);
      if (token.length >= 16 && /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) {
        marked += `${text.slice(from, at)}"${MARK}${token}"`;
        from = to;
      }
      at = to;
    } else {
      at += 1;
    }
  }
  return from === 0 ? text : marked + text.slice(from);
}

const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
// 0-9 + - . E e
const NUMBER_PART: ReadonlySet<number> = new Set([
  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 45, 46, 69, 101,
]);

/** The place behind the string that starts at `start`; a loop, for a pattern would need a stack as deep as the string is long. */
function endOfString(text: string, start: number): number {
  for (let end = start + 1; ; end += 1) {
    end = text.indexOf('"', end);
    if (end < 0) return text.length;
    let backslashCount = 0;
    while (text.charCodeAt(end - 1 - backslashCount) === BACKSLASH) backslashCount += 1;
    if (backslashCount % 2 === 0) return end + 1;
  }
}

/**
 * True when the text has 16 digits in a row: only such an integer can be beyond 2^53. Such a run has a digit at every 16th
 * place it passes, so only those are looked at: a page of a megabyte costs microseconds.
 */
function hasLongDigits(text: string): boolean {
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    while (from > 0 && isDigit(text.charCodeAt(from - 1))) from -= 1;
    let to = at + 1;
    while (to < text.length && isDigit(text.charCodeAt(to))) to += 1;
    if (to - from >= 16) return true;
  }
  return false;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/**
 * Writes JSON without blanks; `bigint` becomes a bare integer.
 *
 * @param value a JSON value; `undefined` members are left out as `JSON.stringify` does
 */
export function stringifyJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    // What `JSON.stringify` says of a `bigint`. Asking for each value whether it is one takes several times as long.
    if (!(error instanceof TypeError)) throw error;
    return stringifyIntegers(value, indent);
  }
}

function stringifyIntegers(value: unknown, indent: number | undefined): string {
  const mark = (_key: string, item: unknown): unknown =>
    typeof item === "bigint" ? MARK + item.toString() : item;
  return JSON.stringify(value, mark, indent).replace(MARKED, "$1");
}

/**
 * Writes JSON without blanks, the keys of every object sorted by code point.
 *
 * Two events are equal exactly when this text is; it is also the form of `event.original`.
 */
export function stringifySorted(value: Json): string {
  return writeAs(survey(value, Number.POSITIVE_INFINITY), value);
}

/**
 * Writes what `stringifySorted` does, but not what is nested too deeply.
 *
 * @param depthMax how many arrays and objects may be nested in each other
 * @returns undefined when there are more
 */
export function stringifySortedWithin(value: Json, depthMax: number): string | undefined {
  const found = survey(value, depthMax);
  return found === TOO_DEEP ? undefined : writeAs(found, value);
}

/** Duo sends its keys sorted, and the engine's own writer is three times as fast as ours. */
function writeAs(found: number, value: Json): string {
  return found === PLAIN ? JSON.stringify(value) : writeSorted(value);
}

// What a value is, the worst last. Plain: keys are in order at every level and there is no `bigint`, so that
// `JSON.stringify` writes the sorted form.
const PLAIN = 0;
const OTHER = 1;
const TOO_DEEP = 2;

function survey(value: Json, depthMax: number): number {
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? OTHER : PLAIN;
  if (depthMax === 0) return TOO_DEEP;
  let worst = PLAIN;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) worst = Math.max(worst, survey(item, depthMax - 1));
    return worst;
  }
  const object = value as JsonObject;
  let previous: string | undefined;
  for (const key in object) {
    if (previous !== undefined && compareCodePoints(previous, key) > 0) worst = Math.max(worst, OTHER);
    previous = key;
    const item = object[key] as Json;
    if (typeof item === "object" ? item !== null : typeof item === "bigint") {
      worst = Math.max(worst, survey(item, depthMax - 1));
    }
  }
  return worst;
}

function writeSorted(value: Json): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let text = "[";
    for (let i = 0; i < value.length; i += 1) {
      text += (i === 0 ? "" : ",") + writeSorted((value as readonly Json[])[i] as Json);
    }
    return `${text}]`;
  }
  const object = value as JsonObject;
  let text = "{";
  for (const key of sortedKeys(object)) {
    const item = object[key] as Json;
    // One key out of place at the top does not make the rest slow.
    const written = typeof item === "object" ? stringifySorted(item) : writeSorted(item);
    text += `${text.length === 1 ? "" : ","}${quote(key)}:${written}`;
  }
  return `${text}}`;
}

/** `JSON.stringify` of a text; most texts need no escape, and for them a call into the engine costs more. */
function quote(text: string): string {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const escaped = code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff);
    if (escaped) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  for (let i = 1; i < keys.length; i += 1) {
    if (compareCodePoints(keys[i - 1] as string, keys[i] as string) > 0) {
      return keys.sort(compareCodePoints);
    }
  }
  return keys;
}

/** Orders text by code point (UTF-16 order differs above U+FFFF). */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // Surrogates (0xD800-0xDFFF) stand for code points above every other UTF-16 unit.
      const xHigh = x >= 0xd800 && x <= 0xdfff;
      const yHigh = y >= 0xd800 && y <= 0xdfff;
      return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
    }
  }
  return a.length - b.length;
}
