import { expect, test } from "vitest";

import { closestName, editDistance } from "../../src/config/closest-name.ts";

test.each([
  ["", "", 0],
  ["auth", "auth", 0],
  ["auht", "auth", 1],
  ["auth", "", 4],
  ["interval", "intervall", 1],
  ["kitten", "sitting", 3],
])("editDistance between %j and %j is %i", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test("closestName finds the name that was meant, in any case, and none that is far", () => {
  const known = ["interval", "look_back", "backfill"];
  expect(closestName("intervall", known)).toBe("interval");
  expect(closestName("LookBack", known)).toBe("look_back");
  expect(closestName("frequency", known)).toBeUndefined();
  expect(closestName("x", ["y"])).toBe("y");
  expect(closestName("", known)).toBeUndefined();
});
