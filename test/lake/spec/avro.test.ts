import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AvroSchema } from "../../../src/lake/spec/avro-schema.ts";
import { readAvro, writeAvro } from "../../../src/lake/spec/avro.ts";
import { AvroReader, AvroWriter } from "../../../src/lake/spec/avro-binary.ts";
import { int64 } from "../../../src/lake/spec/types.ts";
import { independentAvro } from "../support/independent-avro.ts";

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

const SCHEMA: AvroSchema = {
  type: "record",
  name: "all",
  fields: [
    { name: "b", type: "boolean", "field-id": 1 },
    { name: "i", type: "int" },
    { name: "l", type: ["null", "long"], default: null },
    { name: "f", type: "float" },
    { name: "d", type: "double" },
    { name: "s", type: "string" },
    { name: "y", type: "bytes" },
    { name: "x", type: { type: "fixed", name: "two", size: 2 } },
    { name: "a", type: { type: "array", items: "long", "element-id": 7 } },
    { name: "m", type: { type: "map", values: "string" } },
    { name: "e", type: { type: "enum", name: "kind", symbols: ["P", "Q"] } },
    {
      name: "r",
      type: ["null", { type: "record", name: "inner", fields: [{ name: "z", type: "string" }] }],
    },
  ],
};

const long = fc.bigInt({ min: LONG_MIN, max: LONG_MAX }).map(int64);
const record = fc.record(
  {
    b: fc.boolean(),
    i: fc.integer(),
    l: fc.option(long),
    f: fc.float({ noNaN: true }),
    d: fc.double({ noNaN: true }),
    s: fc.string({ unit: "binary" }),
    y: fc.uint8Array(),
    x: fc.uint8Array({ minLength: 2, maxLength: 2 }),
    a: fc.array(long),
    m: fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      fc.string(),
      { noNullPrototype: true },
    ),
    e: fc.constantFrom("P", "Q"),
    r: fc.option(fc.record({ z: fc.string() }, { noNullPrototype: true })),
  },
  { noNullPrototype: true },
);

describe("avro", () => {
  test("readAvro gives back what writeAvro wrote", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const bytes = writeAvro({ schema: SCHEMA, metadata: { answer: "42" }, records });
        const back = readAvro(bytes);
        expect(back.records).toEqual(records);
        expect(back.metadata["answer"]).toBe("42");
      }),
      { numRuns: 100 },
    );
  });

  test("AvroReader.long keeps all 64 bits", () => {
    const edges = [0n, 1n, -1n, 63n, 64n, -64n, -65n, 2n ** 27n, 2n ** 28n, 2n ** 31n, 2n ** 32n, 2n ** 48n];
    const values = [...edges, ...edges.map((v) => -v - 1n), 2n ** 53n, -(2n ** 53n), LONG_MIN, LONG_MAX];
    const property = (value: bigint): void => {
      const writer = new AvroWriter();
      writer.long(int64(value));
      expect(new AvroReader(writer.bytes()).long()).toBe(int64(value));
    };
    values.forEach(property);
    fc.assert(fc.property(fc.bigInt({ min: LONG_MIN, max: LONG_MAX }), property), { numRuns: 2_000 });
  });

  test("AvroWriter.long writes the zigzag bytes of the Avro specification", () => {
    const vectors: readonly (readonly [number | bigint, string])[] = [
      [0, "00"],
      [-1, "01"],
      [1, "02"],
      [-2, "03"],
      [-64, "7f"],
      [64, "8001"],
      [8192, "808001"],
      [LONG_MIN, "ffffffffffffffffff01"],
      [LONG_MAX, "feffffffffffffffff01"],
    ];
    for (const [value, hex] of vectors) {
      const writer = new AvroWriter();
      writer.long(value);
      expect(Buffer.from(writer.bytes()).toString("hex")).toBe(hex);
    }
  });

  test("writeAvro keeps the attributes of the schema in the header", () => {
    const { metadata } = readAvro(writeAvro({ schema: SCHEMA, metadata: {}, records: [] }));
    expect(JSON.parse(metadata["avro.schema"] ?? "")).toEqual(SCHEMA);
    expect(metadata["avro.codec"]).toBe("deflate");
  });

  test("writeAvro is read by an independent decoder", () => {
    const schema: AvroSchema = {
      type: "record",
      name: "row",
      fields: [
        { name: "id", type: "long" },
        { name: "name", type: ["null", "string"], default: null },
      ],
    };
    const records = Array.from({ length: 50 }, (_, id) => ({ id, name: id % 3 === 0 ? null : `n${id}` }));
    const bytes = writeAvro({ schema, metadata: {}, records });
    const rows = independentAvro(bytes).records;
    expect(rows.map((row) => ({ id: Number(row["id"]), name: row["name"] ?? null }))).toEqual(records);
  });

  test("readAvro reads blocks with negative counts and without compression", () => {
    const out = new AvroWriter();
    out.raw(Uint8Array.of(0x4f, 0x62, 0x6a, 1));
    out.long(2);
    for (const [key, value] of [
      ["avro.schema", '{"type":"array","items":"long"}'],
      ["avro.codec", "null"],
    ] as const) {
      out.string(key);
      out.string(value);
    }
    out.long(0);
    const sync = new Uint8Array(16).fill(7);
    out.raw(sync);
    const body = new AvroWriter();
    body.long(-2);
    body.long(2);
    body.long(5);
    body.long(6);
    body.long(0);
    out.long(1);
    out.sized(body.bytes());
    out.raw(sync);
    expect(readAvro(out.bytes()).records).toEqual([[5, 6]]);
  });

  test("readAvro refuses what is damaged, cut off or compressed otherwise", () => {
    const bytes = writeAvro({ schema: "long", metadata: {}, records: [1, 2, 3] });
    expect(() => readAvro(new Uint8Array(0))).toThrow("too early");
    expect(() => readAvro(new TextEncoder().encode("PAR1...."))).toThrow("no Avro file");
    expect(() => readAvro(bytes.slice(0, -8))).toThrow("too early");
    const flipped = bytes.slice();
    flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1;
    expect(() => readAvro(flipped)).toThrow("damaged");
    const snappy = writeAvro({ schema: "long", metadata: { "avro.codec": "snappy" }, records: [] });
    expect(() => readAvro(snappy)).toThrow("snappy");
  });
});
