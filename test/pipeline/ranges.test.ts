import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addRange, lengthMs, openRanges, type Range } from "../../src/pipeline/ranges.ts";

const ranges = fc.array(
  fc.tuple(fc.nat(60), fc.nat(20)).map(([fromMs, length]): Range => ({ fromMs, toMs: fromMs + length })),
  { maxLength: 12 },
);

/** Every whole number that a range holds. */
function points(of: readonly Range[]): Set<number> {
  const all = new Set<number>();
  for (const { fromMs, toMs } of of) for (let at = fromMs; at < toMs; at += 1) all.add(at);
  return all;
}

test("ranges added one after the other hold just their points, sorted and apart", () => {
  fc.assert(
    fc.property(ranges, (added) => {
      let joined: Range[] = [];
      for (const range of added) joined = addRange(joined, range);
      expect(points(joined)).toEqual(points(added));
      expect(lengthMs(joined)).toBe(points(added).size);
      const ends = joined.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
      expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
    }),
  );
});

test("what is open is what is wanted without what is done", () => {
  fc.assert(
    fc.property(ranges, fc.nat(60), fc.nat(40), (added, fromMs, length) => {
      let done: Range[] = [];
      for (const range of added) done = addRange(done, range);
      const wanted = { fromMs, toMs: fromMs + length };
      const doneAt = points(done);
      const expected = [...points([wanted])].filter((at) => !doneAt.has(at));
      expect([...points(openRanges(wanted, done))].sort((a, b) => a - b)).toEqual(expected);
    }),
  );
});
