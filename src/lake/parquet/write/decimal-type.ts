import { decimalBytes } from "../../spec/values.ts";
import { putBytes, putInt32, putInt64 } from "./byte-sink.ts";
import type { LeafType } from "./leaf-type.ts";
import { FIXED_LEN_BYTE_ARRAY, INT32, INT64 } from "./physical.ts";
import { i32, struct } from "./thrift.ts";

const INT32_PRECISION_MAX = 9;
const INT64_PRECISION_MAX = 18;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** How decimals of a precision and scale are stored: the unscaled integer, in as few bytes as the format allows. */
export function decimalType({
  precision,
  scale,
}: {
  readonly precision: number;
  readonly scale: number;
}): LeafType {
  const physical =
    precision <= INT32_PRECISION_MAX
      ? INT32
      : precision <= INT64_PRECISION_MAX
        ? INT64
        : FIXED_LEN_BYTE_ARRAY;
  const typeLength = decimalBytes(10n ** BigInt(precision)).length;
  return {
    physical,
    ...(physical === FIXED_LEN_BYTE_ARRAY && { typeLength }),
    converted: 5,
    precision,
    scale,
    logical: struct([
      [
        5,
        struct([
          [1, i32(scale)],
          [2, i32(precision)],
        ]),
      ],
    ]),
    form: `decimal(${precision},${scale})`,
    read: (value) => {
      const unscaled = typeof value === "boolean" ? undefined : readUnscaled(String(value), scale);
      return unscaled !== undefined && digitCount(unscaled) <= precision ? unscaled : undefined;
    },
    put: (sink, value) => {
      if (physical === INT32) putInt32(sink, Number(value));
      else if (physical === INT64) putInt64(sink, value as bigint);
      else putBytes(sink, fixedBytes(value as bigint, typeLength));
    },
    compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    bound: (value) => decimalBytes(value as bigint),
  };
}

/** Digits that the scale has no place for are rounded, halves away from zero; undefined where the text is no number. */
function readUnscaled(text: string, scale: number): bigint | undefined {
  const match = NUMBER.exec(text);
  const [, sign, whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (match === null || whole + fraction === "") return undefined;
  const shift = Number(exponent) - fraction.length + scale;
  const digits = BigInt(whole + fraction);
  const power = 10n ** BigInt(Math.abs(shift));
  const unscaled = shift >= 0 ? digits * power : (digits + power / 2n) / power;
  return sign === "-" ? -unscaled : unscaled;
}

function digitCount(unscaled: bigint): number {
  return String(unscaled < 0n ? -unscaled : unscaled).length;
}

/** Two's complement, big endian. */
function fixedBytes(unscaled: bigint, length: number): Uint8Array {
  const short = decimalBytes(unscaled);
  const bytes = new Uint8Array(length).fill(unscaled < 0n ? 0xff : 0);
  bytes.set(short, length - short.length);
  return bytes;
}
