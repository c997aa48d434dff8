import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DataFile } from "../../../src/lake/lake.ts";
import { planCompaction } from "../../../src/lake/maintain/plan-compaction.ts";

const DAY_US = 86_400_000_000;
const TODAY = 20_000;
const OPTIONS = { openDay: TODAY, targetBytes: 1_000 };

let made = 0;

function file(
  day: number,
  options: { readonly sizeBytes?: number; readonly rowCount?: number } = {},
): DataFile {
  const { sizeBytes = 10, rowCount = 10 } = options;
  made += 1;
  const tsMinUs = day * DAY_US + made;
  return { path: `/f${made}`, rowCount, sizeBytes, tsMinUs, tsMaxUs: tsMinUs + 5 };
}

describe("planCompaction", () => {
  test("makes one file of the small ones of each day that is over, in the order of time", () => {
    const files = [file(TODAY - 2), file(TODAY - 3), file(TODAY - 2), file(TODAY - 3), file(TODAY - 2)];
    const groups = planCompaction(files.toReversed(), OPTIONS);
    expect(groups).toEqual([
      { day: TODAY - 3, files: [files[1], files[3]] },
      { day: TODAY - 2, files: [files[0], files[2], files[4]] },
    ]);
  });

  test("leaves a day with one file alone, and large files, and files that it cannot tell the day of", () => {
    const { path, rowCount, sizeBytes } = file(TODAY - 2);
    const unknown = { path, rowCount, sizeBytes, tsMinUs: undefined, tsMaxUs: undefined };
    const spanning = { ...file(TODAY - 2), tsMaxUs: (TODAY - 1) * DAY_US };
    const large = file(TODAY - 2, { sizeBytes: 750 });
    expect(planCompaction([file(TODAY - 2), large, unknown, spanning], OPTIONS)).toEqual([]);
    expect(planCompaction([], OPTIONS)).toEqual([]);
  });

  test("cuts groups at the target size, and what it made is stable", () => {
    const files = Array.from({ length: 30 }, () => file(TODAY - 1, { sizeBytes: 100 }));
    const groups = planCompaction(files, OPTIONS);
    expect(groups.map((group) => group.files.length)).toEqual([10, 10, 10]);
    const after = groups.map(() => file(TODAY - 1, { sizeBytes: 900 }));
    expect(planCompaction(after, OPTIONS)).toEqual([]);
    const halves = [file(TODAY - 1, { sizeBytes: 700 }), file(TODAY - 1, { sizeBytes: 700 })];
    expect(planCompaction(halves, OPTIONS)).toEqual([]);
  });

  test("takes 512 files at most into one group", () => {
    const files = Array.from({ length: 1_030 }, () => file(TODAY - 1, { sizeBytes: 0 }));
    expect(planCompaction(files, OPTIONS).map((group) => group.files.length)).toEqual([512, 512, 6]);
  });

  test("leaves up to 24 files of the day that is not over alone, and of days to come", () => {
    const files = [TODAY, TODAY + 40_000].flatMap((day) => Array.from({ length: 24 }, () => file(day)));
    expect(planCompaction(files, OPTIONS)).toEqual([]);
    const one = file(TODAY);
    expect(planCompaction([...files, one], OPTIONS)).toEqual([
      { day: TODAY, files: [...files.slice(0, 24), one] },
    ]);
  });

  test("keeps the present day below 26 files and writes a row again a few times only, however large commits are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 288, maxLength: 288 }),
        (rowCounts) => {
          let files: DataFile[] = [];
          let written = 0;
          for (const rowCount of rowCounts) {
            files.push(file(TODAY, { rowCount, sizeBytes: 0 }));
            for (const group of planCompaction(files, OPTIONS)) {
              const rows = group.files.reduce((sum, one) => sum + one.rowCount, 0);
              written += rows;
              files = files.filter((one) => !group.files.includes(one));
              files.push(file(TODAY, { rowCount: rows, sizeBytes: 0 }));
            }
            expect(files.length).toBeLessThanOrEqual(25);
          }
          const total = rowCounts.reduce((sum, rowCount) => sum + rowCount, 0);
          expect(written / total).toBeLessThan(4);
        },
      ),
    );
  });

  test("takes each file into one group at most, of its own day, at least two, not above the target size", () => {
    const size = fc.integer({ min: 0, max: 1_200 });
    const any = fc.record({
      day: fc.integer({ min: TODAY - 3, max: TODAY + 1 }),
      sizeBytes: size,
      rowCount: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 80 }), (specs) => {
        const files = specs.map(({ day, ...rest }) => file(day, rest));
        const groups = planCompaction(files, OPTIONS);
        const taken = groups.flatMap((group) => group.files);
        expect(new Set(taken).size).toBe(taken.length);
        for (const group of groups) {
          expect(group.files.length).toBeGreaterThan(1);
          const days = new Set(group.files.map(({ tsMinUs = 0 }) => Math.floor(tsMinUs / DAY_US)));
          expect([...days]).toEqual([group.day]);
          const sizeBytes = group.files.reduce((sum, one) => sum + one.sizeBytes, 0);
          expect(sizeBytes).toBeLessThanOrEqual(OPTIONS.targetBytes);
        }
      }),
    );
  });
});
