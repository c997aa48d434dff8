import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type Json, parseJson, stringifyJson } from "../../src/core/json.ts";

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** JSON values whose integers go to the ends of 64 bits. */
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[0-9"\\{}[\]:, -]{0,40}$/),
    // A double that is a large integer is written as one, and read as bigint.
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
      .map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.bigInt({ min: MIN, max: MAX }).map(exact),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 4 }),
  ),
})).value;

/** What `parseJson` makes of an integer: a number where one holds it. */
function exact(value: bigint): Json {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

describe("parseJson", () => {
  test.each([
    ["9007199254740991", 9007199254740991],
    ["-9007199254740991", -9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["9007199254740993", 9007199254740993n],
    ["-9007199254740993", -9007199254740993n],
    ["9223372036854775807", MAX],
    ["-9223372036854775808", MIN],
    ["18446744073709551616", 2n ** 64n],
  ])("reads %s without losing a digit", (text, expected) => {
    expect(parseJson(text)).toBe(expected);
  });

  test.each([
    ["0.1234567890123456789", 0.12345678901234568],
    ["12345678901234567.5", 12345678901234568],
    ["12345678901234567890e2", Number("1234567890123456789000")],
    ["1e20", 1e20],
    ["1E+400", Infinity],
    ["-0", -0],
  ])("reads %s as the double it is written as", (text, expected) => {
    expect(parseJson(text)).toBe(expected);
  });

  test("leaves digits inside texts and keys alone", () => {
    const text = String.raw`{"12345678901234567890":"9223372036854775807","a\"9223372036854775807":["\\",9223372036854775807]}`;
    expect(parseJson(text)).toEqual({
      "12345678901234567890": "9223372036854775807",
      'a"9223372036854775807': ["\\", MAX],
    });
  });

  test("finds an integer at any place of a long document", () => {
    for (let blanks = 0; blanks < 40; blanks += 1) {
      expect(parseJson(`[${" ".repeat(blanks)}9007199254740993]`)).toEqual([9007199254740993n]);
    }
  });

  test.each([
    "",
    "{",
    "000",
    "[12345678901234567890",
    '{"a":12345678901234567890,}',
    "12345678901234567890 1",
  ])("throws SyntaxError for %j", (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  test("agrees with JSON.parse where no integer is beyond 2^53", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text.replace(/"(?:[^"\\]|\\.)*"|[.e]\d+/g, "")));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });
});

describe("stringifyJson", () => {
  test("writes bigint as a bare integer", () => {
    expect(stringifyJson({ id: MAX, list: [MIN], text: "1" })).toBe(
      '{"id":9223372036854775807,"list":[-9223372036854775808],"text":"1"}',
    );
    expect(stringifyJson({ id: 1n }, 2)).toBe('{\n  "id": 1\n}');
  });

  test("leaves out undefined members as JSON.stringify does", () => {
    expect(stringifyJson({ a: undefined, b: 1n })).toBe('{"b":1}');
  });

  test("and parseJson give back any document", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
        expect(parseJson(stringifyJson(value, indent))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  [{}, true],
  [[], false],
  [null, false],
  ["{}", false],
])("isJsonObject of %j is %s", (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});

test("parseJson keeps long integers exact beside a string of 20 MB", () => {
  const long = 'x\\"1234567890123456789'.repeat(1_000_000);
  const text = `{"a":"${long}","b":9223372036854775807,"c":[-9223372036854775808,1234567890123456.5]}`;
  const value = parseJson(text) as { a: string; b: bigint; c: unknown[] };
  expect(value.b).toBe(9223372036854775807n);
  expect(value.c).toEqual([-9223372036854775808n, 1234567890123456.5]);
  expect(value.a.length).toBe(21_000_000);
});
