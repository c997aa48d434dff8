import { expect, test } from "vitest";
import { maintainMinutes } from "../../src/deploy/maintain-minutes.ts";

test.each([
  [0, 360],
  [2, 360],
  [1_680, 360],
  [1_681, 285],
  // 5,000 accounts with two tables: 24 runs a day.
  [10_000, 60],
  [25_000, 15],
  [1_000_000, 15],
])("%i tables are maintained every %i minutes", (tableCount, minutes) => {
  expect(maintainMinutes(tableCount)).toBe(minutes);
});
