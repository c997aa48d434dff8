import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareCodePoints } from "../../../src/core/json.ts";
import {
  truncateLower,
  truncateLowerBytes,
  truncateUpper,
  truncateUpperBytes,
} from "../../../src/lake/spec/truncate.ts";

const LAST = "\u{10FFFF}";

describe("truncate", () => {
  test("truncateLower and truncateUpper keep texts that are short enough", () => {
    for (const text of ["", "a", "abc", LAST.repeat(3)]) {
      expect(truncateLower(text, 3)).toBe(text);
      expect(truncateUpper(text, 3)).toBe(text);
    }
  });

  test("truncateUpper raises the last code point", () => {
    expect(truncateUpper("abcd", 3)).toBe("abd");
    expect(truncateUpper("ab\u{1F600}d", 3)).toBe("ab\u{1F601}");
    expect(truncateUpper(`ab\uFFFFd`, 3)).toBe("ab\u{10000}");
  });

  test("truncateUpper passes over the surrogates", () => {
    expect(truncateUpper("ab\uD7FFd", 3)).toBe("ab\uE000");
  });

  test("truncateUpper drops U+10FFFF, and gives nothing where all are", () => {
    expect(truncateUpper(`a${LAST}${LAST}x`, 3)).toBe("b");
    expect(truncateUpper(LAST.repeat(18), 16)).toBeUndefined();
  });

  test("truncateLower never cuts a surrogate pair", () => {
    expect(truncateLower("\u{1F600}\u{1F601}\u{1F602}", 2)).toBe("\u{1F600}\u{1F601}");
  });

  test("bounds of text enclose it, in the order of code points", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 24 }),
        fc.integer({ min: 1, max: 16 }),
        (text, length) => {
          const lower = truncateLower(text, length);
          const upper = truncateUpper(text, length);
          expect(compareCodePoints(lower, text)).toBeLessThanOrEqual(0);
          expect(Array.from(lower).length).toBeLessThanOrEqual(length);
          if (upper === undefined) return;
          expect(compareCodePoints(upper, text)).toBeGreaterThanOrEqual(0);
          expect(Array.from(upper).length).toBeLessThanOrEqual(length);
          expect(upper.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("bounds of bytes enclose them", () => {
    expect(truncateUpperBytes(Uint8Array.of(1, 0xff, 0xff), 2)).toEqual(Uint8Array.of(2));
    expect(truncateUpperBytes(Uint8Array.of(0xff, 0xff, 0xff), 2)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const upper = truncateUpperBytes(bytes, 4);
        expect(Buffer.compare(truncateLowerBytes(bytes, 4), bytes)).toBeLessThanOrEqual(0);
        expect(upper === undefined || Buffer.compare(upper, bytes) >= 0).toBe(true);
      }),
    );
  });
});
