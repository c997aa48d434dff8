import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareCodePoints, parseJson, stringifySorted, type Json } from "../../src/core/json.ts";

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
