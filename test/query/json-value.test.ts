import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringifyJson } from "../../src/core/json.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

describe("openQuery gives values as JSON:", () => {
  let lake: QueryLake;

  beforeAll(async () => {
    lake = await queryLake();
  });

  afterAll(() => lake[Symbol.asyncDispose]());

  test.each([
    ["NULL", "null"],
    ["true", "true"],
    ["42", "42"],
    ["9007199254740991", "9007199254740991"],
    ["9007199254740993", "9007199254740993"],
    ["(-9223372036854775808)::BIGINT", "-9223372036854775808"],
    ["18446744073709551615::UBIGINT", "18446744073709551615"],
    ["170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"],
    ["(SELECT sum(i) FROM range(3) t(i))", "3"],
    ["1.5::DOUBLE", "1.5"],
    ["'NaN'::DOUBLE", '"NaN"'],
    ["'-Infinity'::DOUBLE", '"-Infinity"'],
    ["0.10::DECIMAL(9,2)", "0.1"],
    ["-123456789.0123456789::DECIMAL(38,10)", "-123456789.01234567"],
    ["12345678901234567890::DECIMAL(38,0)", "12345678901234567890"],
    ["'héllo \"w\"'", String.raw`"héllo \"w\""`],
    ["TIMESTAMPTZ '2026-03-12 15:30:20.123456+00'", '"2026-03-12T15:30:20.123456Z"'],
    ["TIMESTAMPTZ '2026-03-12 15:30:20+01'", '"2026-03-12T14:30:20Z"'],
    ["TIMESTAMPTZ '1960-01-01 00:00:00.000001+00'", '"1960-01-01T00:00:00.000001Z"'],
    ["TIMESTAMPTZ '0001-01-01 00:00:00+00'", '"0001-01-01T00:00:00Z"'],
    ["'infinity'::TIMESTAMPTZ", '"infinity"'],
    ["TIMESTAMP '2026-03-12 15:30:20.5'", '"2026-03-12T15:30:20.5"'],
    ["'2026-03-12 15:30:20'::TIMESTAMP_S", '"2026-03-12T15:30:20"'],
    ["'2026-03-12 15:30:20.123'::TIMESTAMP_MS", '"2026-03-12T15:30:20.123"'],
    ["'2026-03-12 15:30:20.123456789'::TIMESTAMP_NS", '"2026-03-12T15:30:20.123456789"'],
    ["DATE '2026-03-12'", '"2026-03-12"'],
    ["TIME '15:30:20.000001'", '"15:30:20.000001"'],
    ["INTERVAL 90 MINUTE", '"01:30:00"'],
    ["'6e0f3b1c-9a47-4d2e-8b55-0c1d2e3f4a5b'::UUID", '"6e0f3b1c-9a47-4d2e-8b55-0c1d2e3f4a5b"'],
    [String.raw`'\xAA\x00b'::BLOB`, String.raw`"\\xAA\\x00b"`],
    ["'b'::ENUM('a', 'b')", '"b"'],
    ["[1, NULL, 3]", "[1,null,3]"],
    ["[]::INTEGER[]", "[]"],
    ["[[DATE '2026-03-12'], NULL]", '[["2026-03-12"],null]'],
    ["[1, 2]::INTEGER[2]", "[1,2]"],
    ["{'a': 1, 'b': {'c': [TRUE], 'd': NULL}}", '{"a":1,"b":{"c":[true],"d":null}}'],
    ["{'at': TIMESTAMPTZ '2026-03-12 15:30:20+00'}", '{"at":"2026-03-12T15:30:20Z"}'],
    ["MAP {'k': 1, 'l': NULL}", '[{"key":"k","value":1},{"key":"l","value":null}]'],
    ["MAP {DATE '2026-03-12': [1]}", '[{"key":"2026-03-12","value":[1]}]'],
  ])("%s is %s", async (sql, expected) => {
    const { rows } = await lake.ask(`SELECT ${sql}`);
    expect(stringifyJson(rows[0]?.[0])).toBe(expected);
  });
});
