import { describe, expect, test } from "vitest";
import { checkChange } from "../../../src/lake/append/check-change.ts";
import type { TableChange } from "../../../src/lake/lake.ts";
import { fakeFile, move } from "../support/memory-table.ts";

const [a, b, c] = [fakeFile("a"), fakeFile("b"), fakeFile("c")];
const setProperties = {};

describe("checkChange", () => {
  test.each<[string, TableChange]>([
    ["an append with a fence", move("0", "1", [a])],
    ["properties alone", { setProperties }],
    ["as many rows in other files", { files: [c], removed: [a], operation: "replace", setProperties }],
    ["fewer rows", { files: [c], removed: [a, b], operation: "overwrite", setProperties }],
    ["no rows", { removed: [a], operation: "overwrite", setProperties }],
  ])("checkChange lets pass: %s", (_name, change) => {
    expect(() => checkChange(change)).not.toThrow();
  });

  test.each<[string, TableChange]>([
    ["append needs compareAndSet", { files: [a], setProperties }],
    ["append takes no file out", { ...move("0", "1", [a]), removed: [b] }],
    ["replace takes files out", { ...move("0", "1", [a]), operation: "replace" }],
    ["overwrite takes files out", { ...move("0", "1", [a]), operation: "overwrite" }],
    ["a file is taken out once", { removed: [a, a], operation: "overwrite", setProperties }],
    ["replace keeps every row", { files: [c], removed: [a, b], operation: "replace", setProperties }],
  ])("checkChange refuses: %s", (rule, change) => {
    expect(() => checkChange(change)).toThrow(RangeError);
    expect(() => checkChange(change)).toThrow(rule);
  });
});
