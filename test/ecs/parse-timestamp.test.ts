import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { parseTimestamp } from "../../src/ecs/parse-timestamp.ts";

const NOON_US = Date.UTC(2024, 4, 1, 12) * 1000;

test.each<[Json, number]>([
  [1_714_564_800, NOON_US],
  ["1714564800", NOON_US],
  [" 1714564800 ", NOON_US],
  [1_714_564_800_250, NOON_US + 250_000],
  [1_714_564_800_123_456, NOON_US + 123_456],
  ["1714564800123456", NOON_US + 123_456],
  [1_714_564_800.25, NOON_US + 250_000],
  // The nearest double is below .123456, the shortest decimal is not.
  [1_714_564_800.123456, NOON_US + 123_456],
  ["1714564800.1234569", NOON_US + 123_456],
  ["1714564800123.4567", NOON_US + 123_456],
  ["1714564800123456.9", NOON_US + 123_456],
  ["2024-05-01T12:00:00Z", NOON_US],
  ["2024-05-01t12:00:00z", NOON_US],
  ["2024-05-01 12:00:00", NOON_US],
  ["2024-05-01T12:00:00", NOON_US],
  ["2024-05-01T12:00:00+00:00", NOON_US],
  ["2024-05-01T12:00:00.250000+00:00", NOON_US + 250_000],
  ["2024-05-01T12:00:00.250+00:00", NOON_US + 250_000],
  ["2024-05-01T12:00:00.9999999Z", NOON_US + 999_999],
  ["2024-05-01T14:00:00+02:00", NOON_US],
  ["2024-05-01T14:00:00+0200", NOON_US],
  ["2024-05-01T14:00:00+02", NOON_US],
  ["2024-05-01T06:30:00-05:30", NOON_US],
  ["2024-05-01T12: 00: 00+00: 00", NOON_US],
  ["2024-05-01T12 :00 : 00Z", NOON_US],
  ["2000-01-01T00:00:00Z", Date.UTC(2000, 0, 1) * 1000],
  ["2099-12-31T23:59:59.999999Z", Date.UTC(2100, 0, 1) * 1000 - 1],
  ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29) * 1000],
])("parseTimestamp(%o)", (value, us) => {
  expect(parseTimestamp(value)).toBe(us);
});

const UNREADABLE: readonly Json[] = [
  0,
  -1,
  -1_714_564_800,
  946_684_799,
  1e11,
  4_102_444_800,
  1e17,
  1e300,
  Infinity,
  NaN,
  2n ** 60n,
  true,
  null,
  ["2024-05-01T12:00:00Z"],
  {},
  "",
  " ",
  "soon",
  "-",
  "1e9",
  "0x1",
  "2024-05-01",
  "2024-05-01T12:00:60Z",
  "2024-05-01T24:00:00Z",
  "2024-05-01T12:00:00.Z",
  "2024-05-01X12:00:00Z",
  "2024-05-01T12:00:00Z tail",
  "2024-05-01T12:00:00+24:00",
  "2024-13-01T00:00:00Z",
  "2024-02-30T00:00:00Z",
  "2023-02-29T00:00:00Z",
  "2024-00-10T00:00:00Z",
  "1999-12-31T23:59:59Z",
  "2100-01-01T00:00:00Z",
  `2024${" ".repeat(500)}:`,
];

test.each(UNREADABLE.map((value) => [value]))("parseTimestamp(%o) is unreadable", (value) => {
  expect(parseTimestamp(value)).toBeUndefined();
});

test("parseTimestamp reads every instant that Date writes", () => {
  const day = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(day, (date) => {
      const us = date.getTime() * 1000;
      expect(parseTimestamp(date.toISOString())).toBe(us);
      expect(parseTimestamp(date.toISOString().replace("Z", "777+00:00"))).toBe(us + 777);
      expect(parseTimestamp(`${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, "0")}`)).toBe(us);
    }),
  );
});
