import * as fc from "fast-check";
import type { Row } from "../../../src/core/row.ts";

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const pad = (value: number, width: number): string => String(value).padStart(width, "0");
const instant = fc
  .tuple(
    fc.date({ min: new Date("1950-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
    fc.nat(999),
  )
  .map(([date, us]) => `${date.toISOString().slice(0, -1)}${pad(us, 3)}Z`);
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "\u0000", "\u{10FFFF}".repeat(18), "z".repeat(400), "\ud800", "a\udc00b"),
);
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const digits = (count: number, scale: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(10n ** BigInt(count)) + 1n, max: 10n ** BigInt(count) - 1n }).map((unscaled) => {
    const whole = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
    return `${unscaled < 0n ? "-" : ""}${whole.slice(0, -scale)}.${whole.slice(-scale)}`;
  });

/** Rows for `EVERY_TYPE_COLUMNS`, every value of which can be stored. */
export const everyTypeRow: fc.Arbitrary<Row> = fc
  .record({
    ts: instant,
    flag: maybe(fc.boolean()),
    i: maybe(fc.integer()),
    l: maybe(long),
    f: maybe(float),
    d: maybe(double),
    day: maybe(instant.map((value) => value.slice(0, 10))),
    clock: maybe(instant.map((value) => value.slice(11, -1))),
    local: maybe(instant),
    text: maybe(text),
    uid: maybe(fc.uuid()),
    raw: maybe(text),
    small_money: maybe(digits(9, 2)),
    large_money: maybe(digits(38, 10)),
    nested: maybe(
      fc.record({
        flag: maybe(fc.boolean()),
        l: maybe(long),
        "odd \"name'": maybe(text),
        texts: maybe(
          fc.array(
            maybe(text).map((value) => value ?? null),
            { maxLength: 3 },
          ),
        ),
        things: maybe(
          fc.array(
            fc.record({
              a: maybe(fc.integer()),
              deep: maybe(fc.array(fc.array(double, { maxLength: 2 }), { maxLength: 2 })),
            }),
            { maxLength: 2 },
          ),
        ),
      }),
    ),
  })
  .map((row) => row as unknown as Row);
