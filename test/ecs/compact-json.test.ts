import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { compactJson, exceedsDepth } from "../../src/ecs/compact-json.ts";

test.each<[Json, string | undefined]>([
  [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
  [{ a: null, b: "", c: {}, d: [] }, undefined],
  [{ a: { b: [{ c: null }] }, d: 0 }, '{"d":0}'],
  [[null, false, 0, "-", " "], '[false,0,"-"," "]'],
  [
    { "Sync Ref. Code": "x", ä: 'q"', "\u{1F600}": 1, "\u{FFFD}": 2 },
    '{"Sync Ref. Code":"x","ä":"q\\"","\u{FFFD}":2,"\u{1F600}":1}',
  ],
  [{ n: 2n ** 60n, i: Infinity }, '{"n":1152921504606846976}'],
  [Object.fromEntries([["__proto__", { x: 1 }]]), '{"__proto__":{"x":1}}'],
])("compactJson(%o)", (value, expected) => {
  expect(compactJson(value)).toBe(expected);
});

test("compactJson leaves nothing more to leave out", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = compactJson(value as Json);
      expect(compactJson(JSON.parse(text ?? "null") as Json)).toBe(text);
    }),
  );
});

test("exceedsDepth counts arrays and objects in each other", () => {
  expect(exceedsDepth("x", 0)).toBe(false);
  expect(exceedsDepth([], 0)).toBe(true);
  expect(exceedsDepth({ a: [[1]] }, 3)).toBe(false);
  expect(exceedsDepth({ a: 1, b: [[1]] }, 2)).toBe(true);
});
