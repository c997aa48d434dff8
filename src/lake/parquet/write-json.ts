import { type LineBuffer, reserve } from "./line-buffer.ts";
import { writeText } from "./write-text.ts";

/**
 * Writes a value as `JSON.stringify` does, but `bigint` as a bare integer and text well-formed (`write-text.ts`).
 *
 * @returns the place behind the value
 */
export function writeJson(line: LineBuffer, from: number, value: unknown): number {
  if (typeof value === "string") return writeText(line, from, value);
  if (typeof value !== "object" || value === null) return writeAscii(line, from, wordOf(value));
  let at = from;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) at = writeJson(line, writeAscii(line, at, ","), item);
    return enclose(line, from, at, "[]");
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const key in object) {
    const item = object[key];
    if (item !== undefined) at = writeJson(line, writeKey(line, at, key), item);
  }
  return enclose(line, from, at, "{}");
}

function wordOf(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  // There is no word for an absent item of a list.
  return value === undefined ? "null" : JSON.stringify(value);
}

/** Writes `,"key":`. */
export function writeKey(line: LineBuffer, from: number, key: string): number {
  return writeAscii(line, writeText(line, writeAscii(line, from, ","), key), ":");
}

/** Writes ASCII text as it is. */
export function writeAscii(line: LineBuffer, from: number, text: string): number {
  reserve(line, from, text.length);
  const { bytes } = line;
  for (let i = 0; i < text.length; i += 1) bytes[from + i] = text.charCodeAt(i);
  return from + text.length;
}

/** Puts brackets around parts of which each begins with a comma: the first comma makes room for the opening one. */
export function enclose(line: LineBuffer, from: number, to: number, brackets: "[]" | "{}"): number {
  const end = Math.max(to, from + 1);
  reserve(line, end, 1);
  line.bytes[from] = brackets.charCodeAt(0);
  line.bytes[end] = brackets.charCodeAt(1);
  return end + 1;
}
