import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareCodePoints,
  parseJson,
  stringifySorted,
  stringifySortedWithin,
  type Json,
} from "../../src/core/json.ts";

/** The contract, word for word and slow. */
function reference(value: Json): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((item) => reference(item)).join(",")}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, item]) => `${JSON.stringify(key)}:${reference(item)}`);
  return `{${members.join(",")}}`;
}

/** Sorts the keys of every object, so that the engine's own writer can be used. */
function sorted(value: Json): Json {
  return parseJson(reference(value));
}

const KEYS = fc.oneof(
  fc.string({ unit: "binary", maxLength: 3 }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "10",
    "9",
    "a",
    "B",
    "\u{FFFD}",
    "\u{1F600}",
    "\ud800",
    '"',
    "\n",
  ),
);
const { value: JSON_VALUES } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.boolean(), fc.constant(null), fc.bigInt()),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(KEYS, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

test("stringifySorted writes what its contract says", () => {
  fc.assert(
    fc.property(JSON_VALUES, (value) => {
      expect(stringifySorted(value)).toBe(reference(value));
    }),
    { numRuns: 2000 },
  );
});

test("stringifySorted writes sorted and unsorted events alike", () => {
  fc.assert(
    fc.property(JSON_VALUES, (value) => {
      expect(stringifySorted(sorted(value))).toBe(stringifySorted(value));
    }),
    { numRuns: 1000 },
  );
});

/** How many arrays and objects are nested in each other. */
function depthOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((item) => depthOf(item)));
}

test("stringifySortedWithin writes what stringifySorted does up to the depth, and nothing beyond", () => {
  fc.assert(
    fc.property(JSON_VALUES, fc.nat(6), (value, depthMax) => {
      const expected = depthOf(value) > depthMax ? undefined : stringifySorted(value);
      expect(stringifySortedWithin(value, depthMax)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

test("stringifySortedWithin finds depth behind keys that are out of order", () => {
  expect(stringifySortedWithin({ b: 1, a: [[]] }, 2)).toBeUndefined();
  expect(stringifySortedWithin({ b: 1, a: [[]] }, 3)).toBe('{"a":[[]],"b":1}');
});
