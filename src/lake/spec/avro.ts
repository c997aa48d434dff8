import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { AvroReader, AvroWriter } from "./avro-binary.ts";
import { avroDecoder, type AvroPassedOver } from "./avro-decoder.ts";
import type { AvroComplex, AvroSchema } from "./avro-schema.ts";

const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 0x01);
const SYNC_LENGTH = 16;
const META_SCHEMA: AvroSchema = { type: "map", values: "bytes" };
const readHeader = avroDecoder(JSON.stringify(META_SCHEMA));

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
 * @param passedOver what is not read and not there then
 * @throws Error where the bytes are damaged or the codec is neither `null` nor `deflate`
 */
export function readAvro(
  bytes: Uint8Array,
  passedOver: AvroPassedOver = {},
): { readonly metadata: Readonly<Record<string, string>>; readonly records: unknown[] } {
  const reader = new AvroReader(bytes);
  if (Buffer.compare(reader.raw(MAGIC.length), MAGIC) !== 0) throw new Error("it is no Avro file");
  const raw = readHeader(reader) as Readonly<Record<string, Uint8Array>>;
  const text = (key: string): string | undefined => raw[key] && Buffer.from(raw[key]).toString();
  const decode = avroDecoder(text("avro.schema") ?? "null", passedOver);
  const codec = text("avro.codec") ?? "null";
  if (codec !== "null" && codec !== "deflate") throw new Error(`its Avro codec ${codec} is not supported`);
  const sync = reader.raw(SYNC_LENGTH);
  const records: unknown[] = [];
  while (!reader.done()) {
    const count = Number(reader.long());
    const block = reader.sized();
    const values = new AvroReader(codec === "deflate" ? inflateRawSync(block) : block);
    for (let i = 0; i < count; i += 1) records.push(decode(values));
    if (Buffer.compare(reader.raw(SYNC_LENGTH), sync) !== 0) throw new Error("its Avro blocks are damaged");
  }
  return {
    // Only when asked for: the table's schema in it is longer than all the rest.
    get metadata() {
      return Object.fromEntries(Object.keys(raw).map((key) => [key, text(key) ?? ""]));
    },
    records,
  };
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
