import { expect, test } from "vitest";
import { summaryOf } from "../../../src/lake/spec/summary.ts";
import type { Snapshot } from "../../../src/lake/spec/types.ts";

const file = (rows: number, partition: string): { rows: number; bytes: number; partition: string } => ({
  rows,
  bytes: rows * 10,
  partition,
});

test("summaryOf counts the change and carries the totals on", () => {
  const first = summaryOf(undefined, { added: [file(3, "a"), file(4, "b"), file(5, "b")] });
  expect(first).toEqual({
    "added-data-files": "3",
    "added-records": "12",
    "added-files-size": "120",
    "changed-partition-count": "2",
    "total-records": "12",
    "total-data-files": "3",
    "total-files-size": "120",
    "total-delete-files": "0",
    "total-position-deletes": "0",
    "total-equality-deletes": "0",
  });
  const parent = { summary: { ...first, "total-delete-files": "2" } } as unknown as Snapshot;
  expect(summaryOf(parent, { added: [file(9, "b")], removed: [file(4, "b"), file(5, "b")] })).toMatchObject({
    "deleted-data-files": "2",
    "deleted-records": "9",
    "removed-files-size": "90",
    "changed-partition-count": "1",
    "total-records": "12",
    "total-data-files": "2",
    "total-delete-files": "2",
  });
});

test("summaryOf leaves a total out that the parent lacks: counted from nothing it would be wrong", () => {
  const parent = { summary: { operation: "append", "total-records": "7" } } as unknown as Snapshot;
  const summary = summaryOf(parent, { added: [file(3, "a")], removed: [file(1, "a")] });
  expect(summary["total-records"]).toBe("9");
  expect(Object.keys(summary).filter((key) => key.startsWith("total-"))).toEqual(["total-records"]);
});
