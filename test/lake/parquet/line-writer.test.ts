import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { parseJson, stringifyJson } from "../../../src/core/json.ts";
import type { Row } from "../../../src/core/row.ts";
import { wellFormed } from "../../../src/ecs/well-formed.ts";
import { lineWriter } from "../../../src/lake/parquet/line-writer.ts";
import type { NestedField } from "../../../src/lake/spec/types.ts";
import { lineOf } from "../support/line-of.ts";

const ts = "2024-01-01T00:00:00Z";
let nextId = 1;
const field = (name: string, type: NestedField["type"]): NestedField => ({
  id: nextId++,
  name,
  required: false,
  type,
});
const FIELDS: readonly NestedField[] = [
  field("ts", "timestamptz"),
  field("text", "string"),
  field("größe", "string"),
  field("long", "long"),
  field("s", { type: "struct", fields: [field("Inner", "string"), field("n", "int")] }),
  field("list", { type: "list", "element-id": 90, "element-required": false, element: "int" }),
];

function written(row: Omit<Row, "ts">): string | { readonly reason: string } {
  const writer = lineWriter(FIELDS);
  const reason = writer.write({ ts, ...row });
  return reason === undefined ? writer.bytes.toString("utf8", 0, writer.length) : { reason };
}

// Short, long and huge texts are written in three ways; each must stand next to every kind of character.
const TEXTS = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .tuple(
      fc.constantFrom(0, 180, 300, 100_100),
      fc.array(
        fc.constantFrom("é", "\ud800", "\udc00", "€", "\u{1F600}", '"', "\\", "\n", "\u0001", "\u007f", "a "),
        {
          maxLength: 6,
        },
      ),
    )
    .map(([length, rest]) => `${"x".repeat(length)}${rest.join("y")}`),
);
const { value: VALUES } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(TEXTS, fc.double(), fc.boolean(), fc.constant(null), fc.bigInt()),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(TEXTS, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe("lineWriter", () => {
  test("lineWriter writes any value as JSON.stringify does, bigint exact and lone surrogates replaced", () => {
    fc.assert(
      fc.property(VALUES, (value) => {
        expect(written({ text: value, other: value })).toBe(
          `{"ts":"${ts}","text":${expectedOf(value)},"other":${expectedOf(value)}}\n`,
        );
      }),
      { numRuns: 150 },
    );
  });

  test("lineWriter writes rows one after the other into the same bytes", () => {
    const writer = lineWriter(FIELDS);
    for (const text of ["x".repeat(200_000), "", "é".repeat(5_000), "y"]) {
      expect(writer.write({ ts, text })).toBeUndefined();
      expect(parseJson(writer.bytes.toString("utf8", 0, writer.length))).toEqual({ ts, text });
    }
  });

  test("lineWriter writes members without a column, in other case and absent ones as they are", () => {
    expect(
      written({ größe: "ä", TEXT: "t", s: { inner: "i", n: null }, list: [null, 1], x: undefined, y: {} }),
    ).toBe(`{"ts":"${ts}","größe":"ä","TEXT":"t","s":{"inner":"i","n":null},"list":[null,1],"y":{}}\n`);
  });

  test("lineWriter writes a number that is not finite as null, and negative zero as zero", () => {
    expect(written({ text: [Number.NaN, Number.POSITIVE_INFINITY, -0] })).toBe(
      `{"ts":"${ts}","text":[null,null,0]}\n`,
    );
  });

  test.each<[Omit<Row, "ts">, string]>([
    [{ long: 1.5 }, "long must be an integer of 64 bits, got 1.5"],
    [{ s: "x" }, 's must be an object, got "x"'],
    [{ s: { n: true } }, "s.n must be an integer of 32 bits, got true"],
    [{ s: { Inner: "a", inner: "b" } }, 'it has "inner" beside "Inner", which are one column'],
    [{ list: { a: 1 } }, 'list must be a list, got {"a":1}'],
    [{ list: [1, "x"], long: "y" }, 'list.element must be an integer of 32 bits, got "x"'],
  ])("lineWriter names the first misfit (%#)", (row, reason) => {
    expect(written(row)).toEqual({ reason });
  });

  test("lineWriter forgets a misfit with the next row", () => {
    const writer = lineWriter(FIELDS);
    expect(writer.write({ ts, long: "x" })).toBeDefined();
    expect(writer.write({ ts, long: 2n ** 63n - 1n })).toBeUndefined();
    expect(writer.bytes.toString("utf8", 0, writer.length)).toBe(
      `{"ts":"${ts}","long":9223372036854775807}\n`,
    );
  });

  test("lineWriter makes lone surrogates well-formed, also in keys, and keeps the text of an escape", () => {
    const line = lineOf({ ts, a: "x\ud800", s: { "k\ud800": 1n }, kept: "\\ud800 \u{1F600}" });
    expect(line).not.toMatch(/[^\\]\\ud[89a-f]/);
    expect(JSON.parse(line)).toEqual({ ts, a: "x\ufffd", s: { "k\ufffd": 1 }, kept: "\\ud800 \u{1F600}" });
  });
});

/** The contract, in the words of other parts. */
function expectedOf(value: Json): string {
  return stringifyJson(wellFormed(value));
}
