import type { Row } from "../../core/row.ts";
import type { FieldType, NestedField } from "../spec/types.ts";
import { formOf } from "./form-of.ts";
import { type LineBuffer, lineBuffer, reserve } from "./line-buffer.ts";
import { enclose, writeAscii, writeJson, writeKey } from "./write-json.ts";
import { writeText } from "./write-text.ts";

/** A row as a line of JSON, the line feed included. */
export interface Line {
  /** The line is in the first `length` bytes, until the next one is written. */
  readonly bytes: Buffer;
  readonly length: number;
}

/** Writes rows of one table, one after the other; it is the line of the last one. */
export interface LineWriter extends Line {
  /** Gives the reason, with the dotted path, where the row does not fit the columns; then there is no line. */
  readonly write: (row: Row) => string | undefined;
}

/** Writes a value from a place on and gives the place behind it. */
type Writer = (line: LineBuffer, from: number, value: unknown) => number;

/** A column as it is met in a row. */
interface Member {
  readonly name: string;
  readonly key: Key;
  readonly write: Writer;
}

/** `,"name":` in UTF-8. */
interface Key {
  /** Four bytes each, the last one filled up: writing four at once is several times faster. */
  readonly words: Int32Array;
  /** Bytes. */
  readonly length: number;
}

/**
 * Makes the writer of rows with these columns; it checks each value on the way.
 *
 * DuckDB would refuse some misfits, which fails the whole batch, and quietly change others: 1.6 becomes the
 * integer 2, true the integer 1, and of two keys that differ in case one is lost. Members that the table has no
 * column for are written unchecked, for DuckDB passes them over; text columns take any scalar or document, kept as its
 * JSON.
 *
 * Rows are written on the thread that does everything else. This one walk costs half of a check and `JSON.stringify`.
 */
export function lineWriter(fields: readonly NestedField[]): LineWriter {
  const line = lineBuffer();
  const writeRow = struct(fields, "");
  let length = 0;
  return {
    write: (row) => {
      line.misfit = undefined;
      length = writeAscii(line, writeRow(line, 0, row), "\n");
      return line.misfit;
    },
    get bytes() {
      return line.bytes;
    },
    get length() {
      return length;
    },
  };
}

/** The writer of a column's values; null and undefined are never given to it. */
function writerOf(type: FieldType, path: string): Writer {
  if (type === "string" || type === "binary") return writeScalar;
  if (typeof type !== "string") {
    if (type.type === "struct") return struct(type.fields, path);
    if (type.type === "list") return list(writerOf(type.element, `${path}.element`), path);
    return (line, from, value) => refuse(line, from, misfit(path, "absent", value));
  }
  const { form, test } = formOf(type);
  return (line, from, value) =>
    test(value) ? writeScalar(line, from, value) : refuse(line, from, misfit(path, form, value));
}

/** Most values are texts. */
function writeScalar(line: LineBuffer, from: number, value: unknown): number {
  return typeof value === "string" ? writeText(line, from, value) : writeJson(line, from, value);
}

function struct(fields: readonly NestedField[], path: string): Writer {
  const members = new Map<string, Member>();
  for (const { name, type } of fields) {
    const write = writerOf(type, path === "" ? name : `${path}.${name}`);
    const member = { name, key: keyOf(name), write };
    members.set(name, member);
    members.set(name.toLowerCase(), member);
  }
  return (line, from, value) => {
    if (typeof value !== "object" || Array.isArray(value)) {
      return refuse(line, from, misfit(path, "an object", value));
    }
    const record = value as Readonly<Record<string, unknown>>;
    let at = from;
    for (const key in record) {
      const item = record[key];
      if (item === undefined) continue;
      const member = members.get(key) ?? members.get(key.toLowerCase());
      if (member !== undefined && member.name !== key && Object.hasOwn(record, member.name)) {
        const names = `${JSON.stringify(key)} beside ${JSON.stringify(member.name)}`;
        return refuse(line, from, `it has ${names}, which are one column`);
      }
      at = member?.name === key ? writeOwnKey(line, at, member.key) : writeKey(line, at, key);
      at = member === undefined || item === null ? writeJson(line, at, item) : member.write(line, at, item);
    }
    return enclose(line, from, at, "{}");
  };
}

function keyOf(name: string): Key {
  const text = Buffer.from(`,${JSON.stringify(name)}:`);
  const words = new Int32Array(Math.ceil(text.length / 4));
  const padded = Buffer.concat([text], words.length * 4);
  return { words: words.map((_, index) => padded.readInt32LE(index * 4)), length: text.length };
}

function writeOwnKey(line: LineBuffer, from: number, { words, length }: Key): number {
  reserve(line, from, words.length * 4);
  const { view } = line;
  for (let i = 0; i < words.length; i += 1) view.setInt32(from + i * 4, words[i] as number, true);
  return from + length;
}

function list(writeElement: Writer, path: string): Writer {
  return (line, from, value) => {
    if (!Array.isArray(value)) return refuse(line, from, misfit(path, "a list", value));
    let at = from;
    for (const item of value as readonly unknown[]) {
      const write = item === null || item === undefined ? writeJson : writeElement;
      at = write(line, writeAscii(line, at, ","), item);
    }
    return enclose(line, from, at, "[]");
  };
}

/** Keeps the first reason; nobody reads the bytes of a row that has one. */
function refuse(line: LineBuffer, from: number, reason: string): number {
  line.misfit ??= reason;
  return from;
}

function misfit(path: string, form: string, value: unknown): string {
  let shown = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  if (shown.length > 80) shown = `${shown.slice(0, 79)}…`;
  return `${path} must be ${form}, got ${shown}`;
}
