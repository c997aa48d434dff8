import { expect, test } from "vitest";
import { isLeftAlone } from "../../src/aws/is-left-alone.ts";

const MINUTE_MS = 60_000;
const VISITED_AT_MS = Date.UTC(2026, 10, 22, 20);
const SETTLED = { visitedAtMs: VISITED_AT_MS, isSettled: true };

function afterMinutes(minutes: number, tickMinutes?: number) {
  const tickMs = tickMinutes === undefined ? undefined : VISITED_AT_MS + tickMinutes * MINUTE_MS;
  return { nowMs: VISITED_AT_MS + minutes * MINUTE_MS, tickMs };
}

test.each([
  ["a tick of a moment later", afterMinutes(0.5, 0.4), true],
  ["the next tick", afterMinutes(5, 5), false],
  ["a tick that waited since before the visit", afterMinutes(30, -10), true],
  ["the tick that made the visit, delivered again", afterMinutes(24, 0), true],
  ["a tick that waited, but came after the visit", afterMinutes(30, 5), false],
  ["a message that does not say its time", afterMinutes(5), false],
  ["a tick, and the visit lies in the future", afterMinutes(-3, -3), false],
])("%s", (_name, asked, expected) => {
  expect(isLeftAlone(SETTLED, asked)).toBe(expected);
});

test("what was never visited, or left something, is visited whatever the tick says", () => {
  expect(isLeftAlone({ visitedAtMs: undefined, isSettled: false }, afterMinutes(1, -1))).toBe(false);
  expect(isLeftAlone({ ...SETTLED, isSettled: false }, afterMinutes(0.1, -1))).toBe(false);
});
