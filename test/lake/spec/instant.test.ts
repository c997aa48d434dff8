import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateDays, dayOf, dayText, instantOf, instantUs } from "../../../src/lake/spec/instant.ts";

describe("instant", () => {
  const us = (text: string): bigint | undefined => {
    const instant = instantOf(text);
    return instant === undefined ? undefined : instantUs(instant);
  };

  test("instantUs is exact to the microsecond, before and after 1970 and in every year", () => {
    expect(us("1970-01-01T00:00:00Z")).toBe(0n);
    expect(us("1970-01-01T00:00:00.000001Z")).toBe(1n);
    expect(us("1969-12-31T23:59:59.999999Z")).toBe(-1n);
    expect(us("2024-02-29 12:00:00.5+00")).toBe(BigInt(Date.UTC(2024, 1, 29, 12, 0, 0, 500)) * 1000n);
    expect(us("0001-01-01T00:00:00Z")).toBe(-62_135_596_800_000_000n);
    expect(us("9999-12-31T23:59:59.999999Z")).toBe(253_402_300_799_999_999n);
    expect(instantOf("9999-12-31T23:59:59.999999Z")?.day).toBe(2_932_896);
  });

  test("instantOf agrees with Date", () => {
    const date = fc.date({
      min: new Date("0001-01-01"),
      max: new Date("9999-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (value) => {
        expect(us(value.toISOString())).toBe(BigInt(value.getTime()) * 1000n);
      }),
    );
  });

  test.each([
    "",
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T00:00:00.1234567Z",
    "2024-01-01T00:00:00+01:00",
    "2024-01-01",
    "12024-01-01T00:00:00Z",
  ])("instantOf refuses %s", (text) => {
    expect(instantOf(text)).toBeUndefined();
  });

  test("dayOf rounds down also before 1970", () => {
    expect(dayOf(0)).toBe(0);
    expect(dayOf(-1)).toBe(-1);
    expect(dayOf(-86_400_000_000)).toBe(-1);
    expect(dayOf(-86_400_000_001)).toBe(-2);
    expect(dayOf(86_399_999_999)).toBe(0);
  });

  test("dayText and dateDays are each other's inverse", () => {
    expect(dayText(-1)).toBe("1969-12-31");
    expect(dateDays("2024-02-30")).toBeUndefined();
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (day) => {
        expect(dateDays(dayText(day))).toBe(day);
      }),
    );
  });
});
