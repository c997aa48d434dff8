import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../src/core/json.ts";
import { findDrift } from "../../../../src/duo/tables/common/find-drift.ts";
import { knownShape } from "../../../../src/duo/tables/common/known-shape.ts";
import { findTable } from "../../../../src/duo/tables/index.ts";
import { sampleEvents } from "../../../support/sample-events.ts";

const WORDS = new Set(["red", "green"]);
const KNOWN = knownShape(["free", "alpha"], {
  color: WORDS,
  colors: WORDS,
  device: knownShape(["name"], { place: knownShape(["city"]) }),
  tools: knownShape(["name"]),
});

describe("findDrift", () => {
  test.each<[string, Json]>([
    ["an empty object", {}],
    ["keys in any order", { tools: [], color: "red", free: 1, device: null, alpha: "x" }],
    ["null and empty text", { color: "", colors: [null, ""], device: "", tools: [null] }],
    ["lists of known words", { colors: ["green", "red"], color: ["red"] }],
    ["text in an object's place", { device: "unknown", tools: "unknown" }],
    ["what is in a free value", { free: { new: { newer: ["x"] } }, alpha: [{ b: 1 }] }],
    ["what is no object", "text"],
    ["a list", [{ new: 1 }]],
    ["null", null],
  ])("finds nothing in %s, and says so with one shared list", (_name, event) => {
    expect(findDrift(event, KNOWN)).toBe(findDrift({}, KNOWN));
    expect(findDrift(event, KNOWN)).toEqual([]);
  });

  test.each<[string, JsonObject, readonly string[]]>([
    ["a new field", { free: 1, new: { deep: 1 } }, ["field new"]],
    [
      "new fields further down",
      { device: { x: 1, place: { city: "", y: 2 } } },
      ["field device.x", "field device.place.y"],
    ],
    [
      "a new field in a list's items, once",
      { tools: [{ name: "a" }, { v: 1 }, { v: 2 }] },
      ["field tools.v"],
    ],
    ["a field without a name", { "": 1, device: { "": 1 } }, ['field ""', 'field device.""']],
    ["a new word", { color: "blue" }, ["value color=blue"]],
    ["another spelling of a word", { color: "Red" }, ["value color=Red"]],
    [
      "new words in a list, each once",
      { colors: ["blue", "red", "blue", "x"] },
      ["value colors=blue", "value colors=x"],
    ],
    [
      "a value of another kind",
      { color: 7, colors: [true, {}, [1]] },
      ["value color=7", "value colors=true", "value colors={}", "value colors=[]"],
    ],
    [
      "a key that only objects have",
      JSON.parse('{"__proto__": 1, "constructor": 2}'),
      ["field __proto__", "field constructor"],
    ],
  ])("finds %s", (_name, event, found) => {
    expect(findDrift(event, KNOWN)).toEqual(found);
  });

  test("cuts names and values to 64 characters and never leaves half a character", () => {
    const long = "x".repeat(63);
    expect(findDrift({ [`${long}yz`]: 1, color: `${long}\u{1F600}` }, KNOWN)).toEqual([
      `field ${long}y`,
      `value color=${long}\u{FFFD}`,
    ]);
  });

  test("keeps control characters out of what will be printed", () => {
    expect(findDrift({ "a\n": 1, color: "\u001b[2Jred" }, KNOWN)).toEqual([
      "field a\u{FFFD}",
      "value color=\u{FFFD}[2Jred",
    ]);
  });

  test("gives at most 20 entries and looks at 16 items of a list", () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`new_${i}`, i]));
    expect(findDrift(many, KNOWN)).toHaveLength(20);
    expect(findDrift({ device: many, ...many }, KNOWN)).toHaveLength(20);
    const words = Array.from({ length: 50 }, (_, i) => `word_${i}`);
    expect(findDrift({ colors: words }, KNOWN)).toHaveLength(16);
    expect(findDrift({ colors: [...words.fill("red"), "blue"] }, KNOWN)).toEqual([]);
  });

  test("goes no deeper than what is known", () => {
    let deep: Json = "x";
    for (let i = 0; i < 20_000; i += 1) deep = i % 2 === 0 ? [deep] : { name: deep };
    expect(findDrift({ free: deep, device: deep, colors: deep, color: deep, tools: deep }, KNOWN)).toEqual([
      "value colors={}",
      "value color={}",
    ]);
  });

  test("is fast enough for 20,000 events a second", () => {
    const event = sampleEvents("auth")[1] ?? {};
    const known = findTable("auth")?.streams[0]?.known ?? KNOWN;
    const perEventUs = Math.min(
      ...Array.from({ length: 20 }, () => {
        const startMs = performance.now();
        for (let i = 0; i < 2000; i += 1) findDrift(event, known);
        return ((performance.now() - startMs) * 1000) / 2000;
      }),
    );
    // Measured 0.6 µs; the bound leaves room for a slow machine and still shows a change of kind.
    expect(perEventUs).toBeLessThan(10);
  });
});
