import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { AvroReader, AvroWriter } from "./avro-binary.ts";

/** An Avro schema as JSON. Members the codec does not use (`field-id`, `logicalType`, …) stay in the header. */
export type AvroSchema = string | readonly AvroSchema[] | AvroComplex;

interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly [attribute: string]: unknown;
}

interface AvroComplex {
  readonly type: string | AvroSchema;
  readonly name?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly symbols?: readonly string[];
  readonly size?: number;
  readonly [attribute: string]: unknown;
}

const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 0x01);
const SYNC_LENGTH = 16;
const META_SCHEMA: AvroSchema = { type: "map", values: "bytes" };

/**
 * Writes an Avro object container file, one block, codec `deflate`.
 *
 * The schema goes into the header exactly as given: readers find Iceberg's columns by the ids in it
 * (spec, "Avro"), and libraries that rewrite schemas lose them.
 */
export function writeAvro(options: {
  readonly schema: AvroSchema;
  readonly metadata: Readonly<Record<string, string>>;
  readonly records: readonly unknown[];
}): Uint8Array {
  const body = new AvroWriter();
  for (const record of options.records) writeValue(body, options.schema, record);
  const block = deflateRawSync(body.bytes());
  const sync = randomBytes(SYNC_LENGTH);
  const file = new AvroWriter();
  file.raw(MAGIC);
  const meta: Record<string, Uint8Array> = {};
  for (const [key, value] of Object.entries({
    "avro.schema": JSON.stringify(options.schema),
    "avro.codec": "deflate",
    ...options.metadata,
  })) {
    meta[key] = new TextEncoder().encode(value);
  }
  writeValue(file, META_SCHEMA, meta);
  file.raw(sync);
  if (options.records.length > 0) {
    file.long(options.records.length);
    file.sized(block);
    file.raw(sync);
  }
  return file.bytes();
}

/**
 * Reads an Avro object container file with the schema in its own header; records are plain objects,
 * longs numbers where exact and bigint otherwise.
 *
 * @throws Error where the bytes are damaged or the codec is neither `null` nor `deflate`
 */
export function readAvro(bytes: Uint8Array): {
  metadata: Readonly<Record<string, string>>;
  records: unknown[];
} {
  const reader = new AvroReader(bytes);
  if (Buffer.compare(reader.raw(MAGIC.length), MAGIC) !== 0) throw new Error("it is no Avro file");
  const raw = readValue(reader, META_SCHEMA) as Record<string, Uint8Array>;
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) metadata[key] = new TextDecoder().decode(value);
  const schema = named(JSON.parse(metadata["avro.schema"] ?? "null") as AvroSchema);
  const codec = metadata["avro.codec"] ?? "null";
  if (codec !== "null" && codec !== "deflate") throw new Error(`its Avro codec ${codec} is not supported`);
  const sync = reader.raw(SYNC_LENGTH);
  const records: unknown[] = [];
  while (!reader.done()) {
    const count = Number(reader.long());
    const block = reader.sized();
    const values = new AvroReader(codec === "deflate" ? inflateRawSync(block) : block);
    for (let i = 0; i < count; i += 1) records.push(readValue(values, schema));
    if (Buffer.compare(reader.raw(SYNC_LENGTH), sync) !== 0) throw new Error("its Avro blocks are damaged");
  }
  return { metadata, records };
}

function writeValue(out: AvroWriter, schema: AvroSchema, value: unknown): void {
  if (Array.isArray(schema)) return writeUnion(out, schema as readonly AvroSchema[], value);
  if (typeof schema === "string") return writePrimitive(out, schema, value);
  const complex = schema as AvroComplex;
  switch (complex.type) {
    case "record":
      for (const field of complex.fields ?? []) {
        writeValue(out, field.type, (value as Record<string, unknown>)[field.name]);
      }
      return;
    case "array": {
      const items = value as readonly unknown[];
      if (items.length > 0) out.long(items.length);
      for (const item of items) writeValue(out, complex.items ?? "null", item);
      out.long(0);
      return;
    }
    case "map": {
      const entries = Object.entries(value as Record<string, unknown>);
      if (entries.length > 0) out.long(entries.length);
      for (const [key, item] of entries) {
        out.string(key);
        writeValue(out, complex.values ?? "null", item);
      }
      out.long(0);
      return;
    }
    case "fixed":
      out.raw(value as Uint8Array);
      return;
    case "enum":
      out.long((complex.symbols ?? []).indexOf(value as string));
      return;
    default:
      writeValue(out, complex.type, value);
  }
}

function writeUnion(out: AvroWriter, branches: readonly AvroSchema[], value: unknown): void {
  const isNull = value === null || value === undefined;
  // Iceberg has only unions of null and one other type.
  const index = branches.findIndex((branch) => (branch === "null") === isNull);
  if (index < 0) throw new TypeError("Cannot write Avro: no branch of the union takes the value");
  out.long(index);
  if (!isNull) writeValue(out, branches[index] as AvroSchema, value);
}

function writePrimitive(out: AvroWriter, type: string, value: unknown): void {
  switch (type) {
    case "null":
      return;
    case "boolean":
      out.raw(Uint8Array.of(value === true ? 1 : 0));
      return;
    case "int":
    case "long":
      out.long(value as number | bigint);
      return;
    case "float":
      out.float(value as number);
      return;
    case "double":
      out.double(value as number);
      return;
    case "bytes":
      out.sized(value as Uint8Array);
      return;
    case "string":
      out.string(value as string);
      return;
    default:
      throw new TypeError(`Cannot write Avro: unknown type ${type}`);
  }
}

function readValue(from: AvroReader, schema: AvroSchema): unknown {
  if (typeof schema === "string") return readPrimitive(from, schema);
  if (Array.isArray(schema)) {
    const branch = (schema as readonly AvroSchema[])[Number(from.long())];
    if (branch === undefined) throw new Error("its Avro records are damaged");
    return readValue(from, branch);
  }
  const complex = schema as AvroComplex;
  switch (complex.type) {
    case "record": {
      const record: Record<string, unknown> = {};
      for (const field of complex.fields ?? []) record[field.name] = readValue(from, field.type);
      return record;
    }
    case "array": {
      const items: unknown[] = [];
      from.blocks(() => items.push(readValue(from, complex.items ?? "null")));
      return items;
    }
    case "map": {
      const map: Record<string, unknown> = {};
      from.blocks(() => {
        const key = from.string();
        map[key] = readValue(from, complex.values ?? "null");
      });
      return map;
    }
    case "fixed":
      return new Uint8Array(from.raw(complex.size ?? 0));
    case "enum":
      return (complex.symbols ?? [])[Number(from.long())];
    default:
      return readValue(from, complex.type);
  }
}

function readPrimitive(from: AvroReader, type: string): unknown {
  switch (type) {
    case "null":
      return null;
    case "boolean":
      return from.raw(1)[0] === 1;
    case "int":
    case "long":
      return from.long();
    case "float":
      return from.float();
    case "double":
      return from.double();
    case "bytes":
      // A copy, or every small value would keep its whole block alive.
      return new Uint8Array(from.sized());
    case "string":
      return from.string();
    default:
      throw new Error(`its Avro type ${type} is not supported`);
  }
}

/** Puts the definition in place of each later mention of a named type. */
function named(schema: AvroSchema, types = new Map<string, AvroSchema>()): AvroSchema {
  if (typeof schema === "string") return types.get(schema) ?? schema;
  if (Array.isArray(schema)) return (schema as readonly AvroSchema[]).map((branch) => named(branch, types));
  const complex = schema as AvroComplex;
  const known: { -readonly [K in keyof AvroComplex]: AvroComplex[K] } = { ...complex };
  if (complex.name !== undefined && complex.type !== "record") types.set(complex.name, known);
  if (complex.fields !== undefined) {
    known.fields = complex.fields.map((field) => ({ ...field, type: named(field.type, types) }));
    if (complex.name !== undefined) types.set(complex.name, known);
  }
  if (complex.items !== undefined) known.items = named(complex.items, types);
  if (complex.values !== undefined) known.values = named(complex.values, types);
  if (typeof complex.type === "object") known.type = named(complex.type, types);
  return known;
}
