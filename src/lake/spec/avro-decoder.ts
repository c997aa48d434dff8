import type { AvroReader } from "./avro-binary.ts";
import type { AvroComplex, AvroSchema } from "./avro-schema.ts";

/** Reads one value, from where the reader stands to the value's end. */
export type AvroDecoder = (from: AvroReader) => unknown;

/** What is not made of what is read: most of a manifest is statistics, and most who read one ask for few. */
export interface AvroPassedOver {
  /** Members of records that are passed over; a record has no such member then. */
  readonly omitted?: ReadonlySet<string> | undefined;
  /** By the name of a member that is a map: the only keys whose pairs are read. */
  readonly keys?: ReadonlyMap<string, ReadonlySet<number>> | undefined;
}

/** The same while a schema is walked through: `keysHere` are those of the member whose type it is. */
interface Parts extends AvroPassedOver {
  readonly keysHere?: ReadonlySet<number> | undefined;
}

/** A table's manifests have one schema, its lists another; more are another engine's. */
const KEPT_COUNT_MAX = 32;

// Made once for a schema: to look at the schema again for every value took longer than reading it.
const kept = new Map<string, AvroDecoder>();

/**
 * Makes what reads values of a schema; made before, it is the same again.
 *
 * @param schema as the header of a file has it, JSON
 * @param passedOver what is not read; a map of pairs has only the keys that are
 * @throws Error (when it reads) where the schema has a type that Avro does not have, or the bytes are damaged
 */
export function avroDecoder(schema: string, passedOver: AvroPassedOver = {}): AvroDecoder {
  const key = `${keyOf(passedOver)} ${schema}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const decoder = decoderOf(named(JSON.parse(schema) as AvroSchema), passedOver);
  if (kept.size === KEPT_COUNT_MAX) kept.clear();
  kept.set(key, decoder);
  return decoder;
}

function keyOf({ omitted = new Set(), keys = new Map() }: AvroPassedOver): string {
  const ofMaps = Array.from(keys, ([name, ids]): string => `${name}=${[...ids].join()}`);
  return `${[...omitted].join()} ${ofMaps.join(";")}`;
}

function decoderOf(schema: AvroSchema, parts: Parts): AvroDecoder {
  if (typeof schema === "string") return PRIMITIVES[schema] ?? unknownType(schema);
  if (Array.isArray(schema)) {
    const branches = (schema as readonly AvroSchema[]).map((branch) => decoderOf(branch, parts));
    return (from) => branchOf(branches, from)(from);
  }
  const complex = schema as AvroComplex;
  switch (complex.type) {
    case "record":
      return recordDecoder(complex, parts);
    case "array":
      return arrayDecoder(complex, parts);
    case "map": {
      const item = decoderOf(complex.values ?? "null", parts);
      return (from) => {
        const map: Record<string, unknown> = {};
        from.blocks(() => {
          const key = from.string();
          map[key] = item(from);
        });
        return map;
      };
    }
    case "fixed":
      return (from) => new Uint8Array(from.raw(complex.size ?? 0));
    case "enum":
      return (from) => (complex.symbols ?? [])[Number(from.long())];
    default:
      return decoderOf(complex.type, parts);
  }
}

function recordDecoder({ fields = [] }: AvroComplex, { omitted, keys }: Parts): AvroDecoder {
  const members = fields.map(({ name, type }) =>
    omitted?.has(name)
      ? { name, isRead: false, value: skipperOf(type) }
      : { name, isRead: true, value: decoderOf(type, { omitted, keys, keysHere: keys?.get(name) }) },
  );
  return (from) => {
    const record: Record<string, unknown> = {};
    for (const { name, isRead, value } of members) {
      if (isRead) record[name] = value(from);
      else value(from);
    }
    return record;
  };
}

/** Iceberg's maps with numbers as keys are arrays of pairs with a logical type; they are read as what they mean. */
function arrayDecoder({ items = "null", logicalType }: AvroComplex, parts: Parts): AvroDecoder {
  const [key, value, ...others] = (items as AvroComplex).fields ?? [];
  if (logicalType === "map" && key?.name === "key" && value?.name === "value" && others.length === 0) {
    return mapDecoder({ key: key.type, value: value.type }, parts);
  }
  const item = decoderOf(items, parts);
  return (from) => {
    const list: unknown[] = [];
    from.blocks(() => list.push(item(from)));
    return list;
  };
}

function mapDecoder(
  { key, value }: { readonly key: AvroSchema; readonly value: AvroSchema },
  { keysHere, ...parts }: Parts,
): AvroDecoder {
  const [idOf, valueOf, skip] = [decoderOf(key, parts), decoderOf(value, parts), skipperOf(value)];
  return (from) => {
    const map = new Map<unknown, unknown>();
    from.blocks(() => {
      const id = idOf(from);
      if (keysHere === undefined || keysHere.has(id as number)) map.set(id, valueOf(from));
      else skip(from);
    });
    return map;
  };
}

/** Passes over a value; texts and bytes are not copied, and nothing is made. */
function skipperOf(schema: AvroSchema): AvroDecoder {
  if (schema === "bytes" || schema === "string") return (from) => from.sized();
  if (typeof schema === "string") return PRIMITIVES[schema] ?? unknownType(schema);
  if (Array.isArray(schema)) {
    const branches = (schema as readonly AvroSchema[]).map(skipperOf);
    return (from) => branchOf(branches, from)(from);
  }
  const { type, fields = [], items = "null", values = "null", size = 0 } = schema as AvroComplex;
  switch (type) {
    case "record": {
      const members = fields.map((field) => skipperOf(field.type));
      return (from) => {
        for (const member of members) member(from);
      };
    }
    case "array":
    case "map": {
      const item = skipperOf(type === "array" ? items : values);
      return (from) =>
        from.blocks(() => {
          if (type === "map") from.sized();
          item(from);
        });
    }
    case "fixed":
      return (from) => from.raw(size);
    case "enum":
      return (from) => from.long();
    default:
      return skipperOf(type);
  }
}

const PRIMITIVES: Readonly<Record<string, AvroDecoder>> = {
  null: () => null,
  boolean: (from) => from.raw(1)[0] === 1,
  int: (from) => from.long(),
  long: (from) => from.long(),
  float: (from) => from.float(),
  double: (from) => from.double(),
  // A copy, or every small value would keep its whole block alive.
  bytes: (from) => new Uint8Array(from.sized()),
  string: (from) => from.string(),
};

function unknownType(type: string): AvroDecoder {
  return () => {
    throw new Error(`its Avro type ${type} is not supported`);
  };
}

function branchOf(branches: readonly AvroDecoder[], from: AvroReader): AvroDecoder {
  const branch = branches[Number(from.long())];
  if (branch === undefined) throw new Error("its Avro records are damaged");
  return branch;
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
