import { expect, test } from "vitest";
import { addDrift, readDrift, sumDrift } from "../../src/pipeline/drift.ts";

const AT = "2026-03-12T15:00:00.000Z";
const LATER = "2026-03-13T15:00:00.000Z";

test("drift is counted from commit to commit and keeps the time of its first sight", () => {
  const first = addDrift(undefined, new Map([["field a", 2]]), AT);
  const second = addDrift(
    first,
    new Map([
      ["field a", 3],
      ["value factor=x", 1],
    ]),
    LATER,
  );
  expect(readDrift(second)).toEqual([
    { what: "field a", count: 5, firstAt: AT },
    { what: "value factor=x", count: 1, firstAt: LATER },
  ]);
});

test("after a hundred kinds the others are counted as one", () => {
  const counts = new Map(Array.from({ length: 150 }, (_, i) => [`field f${i}`, 1]));
  const drift = readDrift(addDrift(undefined, counts, AT));
  expect(drift).toHaveLength(101);
  expect(drift.find(({ what }) => what === "others")?.count).toBe(50);
});

test("what several lanes found is summed, the most frequent first; a damaged property is passed over", () => {
  const a = addDrift(undefined, new Map([["field a", 2]]), LATER);
  const b = addDrift(
    undefined,
    new Map([
      ["field a", 1],
      ["field b", 9],
    ]),
    AT,
  );
  expect(sumDrift([a, "{", "[]", b])).toEqual([
    { what: "field b", count: 9, firstAt: AT },
    { what: "field a", count: 3, firstAt: AT },
  ]);
});
