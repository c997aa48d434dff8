import { expect, test } from "vitest";

import { durationText, parseDuration } from "../../src/config/duration.ts";

test.each([
  ["0s", 0],
  ["90s", 90_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["180d", 15_552_000_000],
])("parseDuration reads %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(parseDuration(durationText(ms))).toBe(ms);
});

test.each(["", "5", "m", "5 m", "5M", "-5m", "1.5h", "5m30s", "12345678s", "５m", "5m\n"])(
  "parseDuration refuses %j",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [86_400_000, "1d"],
  [5_400_000, "90m"],
  [61_000, "61s"],
  [0, "0s"],
])("durationText writes %i", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
