import { describe, expect, test } from "vitest";
import { DuolakeError } from "../../src/core/errors.ts";
import { lakeError } from "../../src/lake/lake-error.ts";
import { systemError } from "../../src/lake/store/memory.ts";

describe("lakeError", () => {
  test.each([
    ["ENOSPC", "lake_full", true],
    ["EDQUOT", "lake_full", true],
    ["EACCES", "lake_unwritable", false],
    ["EROFS", "lake_unwritable", false],
    ["EIO", "lake_unwritable", true],
  ] as const)("lakeError makes %s %s", (code, expected, retryable) => {
    const error = lakeError(systemError(code, "/lake/x"), "write /lake/x");
    expect([error.code, error.retryable]).toEqual([expected, retryable]);
    expect(error.message).toMatch(/^Cannot write \/lake\/x: /);
  });

  test.each([
    ['IO Error: Could not write file "x": No space left on device', "lake_full"],
    ['IO Error: Cannot open file "x": Permission denied', "lake_unwritable"],
    ['IO Error: Cannot open file "x": Read-only file system', "lake_unwritable"],
    ["IO Error: Could not sync", "lake_unwritable"],
    ["Binder Error: no such column", "internal"],
  ] as const)("lakeError reads DuckDB's words: %s", (text, code) => {
    expect(lakeError(new Error(text), "write").code).toBe(code);
  });

  test("lakeError passes errors of ours on unchanged", () => {
    const error = new DuolakeError("cursor_moved", "Cannot commit: moved");
    expect(lakeError(error, "commit")).toBe(error);
  });
});
