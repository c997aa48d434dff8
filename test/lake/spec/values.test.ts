import { describe, expect, test } from "vitest";
import {
  boundBytes,
  decimalBytes,
  intBytes,
  longBytes,
  readInt,
  readLong,
} from "../../../src/lake/spec/values.ts";

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");

// Worked out by hand from the specification, Appendix D, "Binary single-value serialization".
const VECTORS: readonly (readonly [type: string, text: string, hex: string])[] = [
  ["boolean", "1", "01"],
  ["boolean", "0", "00"],
  ["boolean", "true", "01"],
  ["boolean", "false", "00"],
  ["int", "34", "22000000"],
  ["int", "-1", "ffffffff"],
  ["int", "-2147483648", "00000080"],
  ["long", "34", "2200000000000000"],
  ["long", "-9223372036854775808", "0000000000000080"],
  ["long", "9223372036854775807", "ffffffffffffff7f"],
  ["float", "1.0", "0000803f"],
  ["float", "-4.5", "000090c0"],
  ["double", "1.0", "000000000000f03f"],
  ["double", "inf", "000000000000f07f"],
  ["double", "-inf", "000000000000f0ff"],
  ["double", "1e+20", "408cb5781daf1544"],
  ["date", "1970-01-02", "01000000"],
  ["date", "1969-12-31", "ffffffff"],
  ["time", "00:00:00.000001", "0100000000000000"],
  ["timestamptz", "1970-01-01 00:00:01+00", "40420f0000000000"],
  ["timestamptz", "1969-12-31 23:59:59.999999+00", "ffffffffffffffff"],
  ["timestamptz", "9999-12-31 23:59:59.999999+00", "ff5f73cc0c448403"],
  ["string", "a\u00e9\u{1F600}", "61c3a9f09f9880"],
  ["uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7", "f79c3e09677c4bbda4793f349cb785e7"],
  ["binary", "00FF7A", "00ff7a"],
  ["decimal(9,2)", "14.20", "058c"],
  ["decimal(9,2)", "-0.01", "ff"],
  ["decimal(9,2)", "1.28", "0080"],
  ["decimal(9,2)", "-1.28", "80"],
  ["decimal(9,2)", "0.00", "00"],
  ["decimal(38,10)", "0.5000000000", "012a05f200"],
];

describe("boundBytes", () => {
  test.each(VECTORS)("boundBytes %s %s", (type, text, expected) => {
    expect(hex(boundBytes(type, text, "lower"))).toBe(expected);
  });

  test("boundBytes of a timestamp without zone", () => {
    expect(hex(boundBytes("timestamp", "1970-01-01 00:00:00.000002", "upper"))).toBe("0200000000000000");
  });

  test("boundBytes makes a lower zero -0.0 and an upper one +0.0", () => {
    for (const zero of ["0.0", "-0.0"]) {
      expect(hex(boundBytes("double", zero, "lower"))).toBe("0000000000000080");
      expect(hex(boundBytes("double", zero, "upper"))).toBe("0000000000000000");
      expect(hex(boundBytes("float", zero, "lower"))).toBe("00000080");
    }
  });

  test("boundBytes gives nothing for text that it does not understand", () => {
    for (const [type, text] of [
      ["boolean", "t"],
      ["int", "1.5"],
      ["long", "1e3"],
      ["double", "nan"],
      ["date", "0044-03-15 (BC)"],
      ["timestamptz", "infinity"],
      ["timestamptz", "2024-01-01 00:00:00+02"],
      ["uuid", "x"],
      ["binary", "abc"],
      ["decimal(9,2)", "1.234"],
      ["decimal(9,2)", "-"],
      ["variant", "1"],
    ] as const) {
      expect(boundBytes(type, text, "lower"), `${type} ${text}`).toBeUndefined();
    }
  });

  test("readLong and readInt read bounds back, also of an int that was promoted", () => {
    expect(readLong(longBytes(-5n))).toBe(-5n);
    expect(readLong(intBytes(-5))).toBe(-5n);
    expect(readLong(new Uint8Array(3))).toBeUndefined();
    expect(readInt(intBytes(-5))).toBe(-5);
  });

  test("decimalBytes takes as few bytes as hold the value", () => {
    for (const [value, length] of [
      [127n, 1],
      [128n, 2],
      [-128n, 1],
      [-129n, 2],
      [10n ** 38n - 1n, 16],
    ] as const) {
      expect(decimalBytes(value)).toHaveLength(length);
    }
  });
});
