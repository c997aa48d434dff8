import { expect, test } from "vitest";
import { readTime } from "../../src/cli/read-time.ts";

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const options = { option: "--since", nowMs: NOW_MS, takesDuration: true };

test.each([
  ["7d", NOW_MS - 7 * 86_400_000],
  ["90s", NOW_MS - 90_000],
  ["2026-03-01", Date.UTC(2026, 2, 1)],
  ["2024-02-29", Date.UTC(2024, 1, 29)],
  ["2026-03-01T10:20Z", Date.UTC(2026, 2, 1, 10, 20)],
  ["2026-03-01T10:20:30.5Z", Date.UTC(2026, 2, 1, 10, 20, 30, 500)],
  ["2026-03-01T10:20:30+02:00", Date.UTC(2026, 2, 1, 8, 20, 30)],
])("readTime reads %s", (text, ms) => {
  expect(readTime(text, options)).toBe(ms);
});

test.each([
  "",
  "7",
  "7w",
  "-7d",
  "2026-3-1",
  "2026-02-31",
  "2026-13-01",
  "2026-03-01T25:00Z",
  "2026-03-01T10:20",
  "now",
])("readTime refuses %j", (text) => {
  expect(() => readTime(text, options)).toThrow(
    `Cannot use --since: it must be a duration such as 7d, a day such as 2026-03-12 or an instant such as 2026-03-12T15:30:00Z, got ${JSON.stringify(text)}`,
  );
});

test("readTime takes a duration only where one makes sense, and nothing from the future", () => {
  expect(() => readTime("7d", { ...options, takesDuration: false })).toThrow("it must be a day such as");
  expect(() => readTime("2026-03-13", options)).toThrow("it must lie in the past");
  expect(readTime("2026-03-12", options)).toBe(Date.UTC(2026, 2, 12));
});
