import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { geo } from "../../src/ecs/geo.ts";
import { isHostName } from "../../src/ecs/is-host-name.ts";
import { isPlaceholder } from "../../src/ecs/is-placeholder.ts";
import { outcome } from "../../src/ecs/outcome.ts";
import { uniqueTexts } from "../../src/ecs/unique-texts.ts";
import { wellFormed } from "../../src/ecs/well-formed.ts";

test.each([
  "-",
  "unknown",
  "UNKNOWN",
  "None",
  "null",
  "N/A",
  "",
  "  ",
  "\t",
  "\u{A0}",
  " unknown ",
  `${" ".repeat(9)}-`,
])("isPlaceholder(%j)", (text) => {
  expect(isPlaceholder(text)).toBe(true);
});

test.each(["--", "unknown user", "nullable", "not available", "0", "na", "  a very long text  "])(
  "isPlaceholder(%j) is false",
  (text) => {
    expect(isPlaceholder(text)).toBe(false);
  },
);

test("uniqueTexts keeps the order and leaves out placeholders", () => {
  expect(uniqueTexts(["b", undefined, "a", "b", "unknown", ""])).toEqual(["b", "a"]);
  expect(uniqueTexts([undefined, "-"])).toBeUndefined();
});

test.each([
  ["success", "success"],
  ["SUCCESS", "success"],
  ["denied", "failure"],
  ["fraud", "failure"],
  ["unknown", "failure"],
  [undefined, "unknown"],
])("outcome(%j) is %s", (result, expected) => {
  expect(outcome(result)).toBe(expected);
});

test.each<[Json | undefined, object | undefined]>([
  [
    { city: "Lyon", state: "Rhône", country: "France" },
    { city_name: "Lyon", region_name: "Rhône", country_name: "France" },
  ],
  [{ city: "-", state: "unknown", country: "NL" }, { country_iso_code: "NL" }],
  [{ country: "nl" }, { country_name: "nl" }],
  [{ country: "ÅÄ" }, { country_name: "ÅÄ" }],
  [{ city: null, state: "", country: "n/a" }, undefined],
  [{}, undefined],
  [null, undefined],
  ["Lyon", undefined],
  [undefined, undefined],
])("geo(%j)", (location, expected) => {
  expect(geo(location)).toEqual(expected);
});

test.each(["kiosk-7.acme.example", "HOST_1", "al", "1.2.3.4.example"])("isHostName(%j)", (text) => {
  expect(isHostName(text)).toBe(true);
});

test.each(["", "1.2.3", "203.0.113.300", "a b", "host:80", "é", "[::1]", "a".repeat(300)])(
  "isHostName(%j) is false",
  (text) => {
    expect(isHostName(text)).toBe(false);
  },
);

test("wellFormed replaces half characters, keys included, and nothing else", () => {
  const value = { "a\ud800": ["\udfff", "\u{1F600}", 1, null], ["__proto__"]: "x" };
  expect(wellFormed(value)).toEqual({ "a\u{FFFD}": ["\u{FFFD}", "\u{1F600}", 1, null], ["__proto__"]: "x" });
});
