import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatTimestamp } from "../../src/core/format-timestamp.ts";

test.each([
  [0, "1970-01-01T00:00:00Z"],
  [1, "1970-01-01T00:00:00.000001Z"],
  [-1, "1969-12-31T23:59:59.999999Z"],
  [1_773_329_420_123_456, "2026-03-12T15:30:20.123456Z"],
  [951_782_400_000_000, "2000-02-29T00:00:00Z"],
  [4_107_542_400_000_000, "2100-03-01T00:00:00Z"],
  [-62_167_219_200_000_000, "0000-01-01T00:00:00Z"],
])("formatTimestamp of %i is %s", (us, text) => {
  expect(formatTimestamp(us)).toBe(text);
});

test("formatTimestamp agrees with the engine from year 0 to 9999", () => {
  const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
  fc.assert(
    fc.property(seconds, (second) => {
      const iso = new Date(second * 1000).toISOString();
      expect(formatTimestamp(second * 1e6)).toBe(iso.replace(/\.\d+Z$/, "Z"));
    }),
    { numRuns: 1_000 },
  );
});

test("formatTimestamp writes every microsecond that a number holds, the years 1685 to 2255", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (us) => {
      const text = formatTimestamp(us);
      const [, fraction = "0"] = /\.(\d{6})Z$/.exec(text) ?? [];
      const seconds = Date.parse(text.replace(/\.\d+Z$/, "Z")) / 1000;
      expect(BigInt(seconds) * 1_000_000n + BigInt(fraction)).toBe(BigInt(us));
    }),
    { numRuns: 1_000 },
  );
});
