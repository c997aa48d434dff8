import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { chooseTimestamp } from "../../src/ecs/choose-timestamp.ts";
import { Tags } from "../../src/ecs/tags.ts";

const NOON_US = Date.UTC(2024, 4, 1, 12) * 1000;
const KEYS = ["timestamp", "isotimestamp"];

function choose(event: JsonObject): [number | undefined, readonly string[] | undefined] {
  const tags = new Tags();
  return [chooseTimestamp(event, KEYS, tags), tags.list];
}

test.each<[string, JsonObject, number | undefined, readonly string[] | undefined]>([
  ["takes the first", { timestamp: 1_714_564_800 }, NOON_US, undefined],
  [
    "refines a whole second",
    { timestamp: 1_714_564_800, isotimestamp: "2024-05-01T12:00:00.5Z" },
    NOON_US + 500_000,
    undefined,
  ],
  [
    "keeps a fraction of its own",
    { timestamp: 1_714_564_800.25, isotimestamp: "2024-05-01T12:00:00.5Z" },
    NOON_US + 250_000,
    undefined,
  ],
  [
    "is not moved to another second",
    { timestamp: 1_714_564_800, isotimestamp: "2024-05-01T12:00:01.5Z" },
    NOON_US,
    undefined,
  ],
  ["passes over null and empty text", { timestamp: null, isotimestamp: "" }, undefined, undefined],
  [
    "notes what it cannot read",
    { timestamp: "soon", isotimestamp: {} },
    undefined,
    ["malformed:timestamp", "malformed:isotimestamp"],
  ],
  [
    "notes it also after the time is found",
    { timestamp: 1_714_564_800, isotimestamp: "never" },
    NOON_US,
    ["malformed:isotimestamp"],
  ],
])("chooseTimestamp %s", (_name, event, us, tags) => {
  expect(choose(event)).toEqual([us, tags]);
});
