import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { Tags } from "../../src/ecs/tags.ts";
import { toBoolean } from "../../src/ecs/to-boolean.ts";
import { toInt, toLong } from "../../src/ecs/to-integer.ts";
import { toText } from "../../src/ecs/to-text.ts";

const BAD = "malformed";

/** Gives what a coercion makes of a value, or `BAD` when it was noted in the tags. */
function tried<T>(coerce: (value: Json, path: string, tags: Tags) => T, value: Json): T | string {
  const tags = new Tags();
  const result = coerce(value, "a.b", tags);
  if (tags.list === undefined) return result;
  expect(result).toBeUndefined();
  expect(tags.list).toEqual(["malformed:a.b"]);
  return BAD;
}

describe("toInt and toLong", () => {
  test.each<[Json, number | string | undefined, number | bigint | string | undefined]>([
    [5, 5, 5],
    [-5, -5, -5],
    [5.0, 5, 5],
    ["5", 5, 5],
    ["007", 7, 7],
    [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1],
    [-(2 ** 31), -(2 ** 31), -(2 ** 31)],
    [2 ** 31, BAD, 2 ** 31],
    ["3000000000", BAD, 3_000_000_000],
    [9_007_199_254_740_993n, BAD, 9_007_199_254_740_993n],
    ["9223372036854775807", BAD, 2n ** 63n - 1n],
    ["9223372036854775808", BAD, BAD],
    [2n ** 63n, BAD, BAD],
    [-(2n ** 63n), BAD, -(2n ** 63n)],
    [1e300, BAD, BAD],
    [Infinity, BAD, BAD],
    [1.5, BAD, BAD],
    ["1.5", BAD, BAD],
    ["-5", BAD, BAD],
    ["three", BAD, BAD],
    [" 5", BAD, BAD],
    ["9".repeat(500), BAD, BAD],
    [true, BAD, BAD],
    [[5], BAD, BAD],
    [{}, BAD, BAD],
    [null, undefined, undefined],
    ["", undefined, undefined],
  ])("of %o", (value, int, long) => {
    expect(tried(toInt, value)).toBe(int);
    expect(tried(toLong, value)).toBe(long);
  });

  test("give no negative zero, which no integer column can hold", () => {
    expect(tried(toInt, -0)).toBe(0);
  });
});

test.each<[Json, boolean | string | undefined]>([
  [true, true],
  [false, false],
  ["true", true],
  ["FALSE", false],
  [1, true],
  [0, false],
  [2, BAD],
  ["yes", BAD],
  ["unknown", BAD],
  [[], BAD],
  [null, undefined],
  ["", undefined],
])("toBoolean(%o)", (value, expected) => {
  expect(tried(toBoolean, value)).toBe(expected);
});

test.each<[Json | undefined, string | undefined]>([
  ["x", "x"],
  [" ", " "],
  ["-", "-"],
  [42, "42"],
  [0.1, "0.1"],
  [1e21, "1e+21"],
  [-0, "0"],
  [2n ** 60n, "1152921504606846976"],
  [true, "true"],
  [{ b: [1, null], a: "" }, '{"b":[1]}'],
  ["", undefined],
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
  [[[], {}, null, ""], undefined],
  [Infinity, undefined],
])("toText(%o)", (value, expected) => {
  expect(toText(value)).toBe(expected);
});

test("Tags lists each tag once, in the order met", () => {
  const tags = new Tags();
  for (const path of ["b", "a", "b"]) tags.malformed(path);
  expect(tags.list).toEqual(["malformed:b", "malformed:a"]);
});
