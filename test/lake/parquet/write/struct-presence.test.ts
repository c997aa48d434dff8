import { expect, test } from "vitest";
import { structPresence } from "../../../../src/lake/parquet/write/struct-presence.ts";
import type { StructPlace } from "../../../../src/lake/parquet/write/row-shape.ts";

const row: StructPlace = { index: 0, parent: undefined, definition: 0 };
const outer: StructPlace = { index: 1, parent: row, definition: 1 };
const inner: StructPlace = { index: 2, parent: outer, definition: 2 };
const other: StructPlace = { index: 3, parent: row, definition: 1 };

test("a null has the level of the innermost struct that its row has", () => {
  const presence = structPresence([row, outer, inner, other]);
  presence.add(1, outer);
  presence.add(1, inner);
  presence.add(3, outer);
  const levels = presence.nullLevels(5).map((one) => one && [...one]);
  expect(levels).toEqual([undefined, [0, 1, 0, 1, 0], [0, 2, 0, 1, 0], undefined]);
});

test("a struct that no row has leaves its nulls to the one around it", () => {
  const presence = structPresence([row, outer, inner]);
  presence.add(100, outer);
  const [, around, within] = presence.nullLevels(101);
  expect(within).toBe(around);
  expect(around?.[100]).toBe(1);
  expect(around?.lastIndexOf(1)).toBe(100);
  expect(around?.indexOf(1)).toBe(100);
});
