import type { Json } from "../core/json.ts";
import type { Tags } from "./tags.ts";

const INT_MAX = 2 ** 31 - 1;
const LONG_MAX = 2n ** 63n - 1n;
const DIGITS = /^\d+$/;
// 2^63 has 19 digits; longer runs are out of range unless they start with zeros.
const DIGITS_MAX = 64;

/**
 * Gives a value as the number of an `int` column: an integer, a float without fraction, or text of digits.
 *
 * @returns undefined when there is none; a value that does not fit is also noted in `tags` under `path`
 */
export function toInt(value: Json | undefined, path: string, tags: Tags): number | undefined {
  const long = toLong(value, path, tags);
  if (long === undefined) return undefined;
  if (typeof long === "number" && long <= INT_MAX && long >= -INT_MAX - 1) return long;
  tags.malformed(path);
  return undefined;
}

/**
 * Gives a value as the number of a `long` column, exact up to 64 bits: a number where a double holds it,
 * else a `bigint`.
 *
 * @returns undefined when there is none; a value that does not fit is also noted in `tags` under `path`
 */
export function toLong(value: Json | undefined, path: string, tags: Tags): number | bigint | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  const long = readLong(value);
  if (long === undefined) tags.malformed(path);
  return long;
}

function readLong(value: Json): number | bigint | undefined {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return value + 0;
    return Number.isInteger(value) ? inRange(BigInt(value)) : undefined;
  }
  if (typeof value === "bigint") return inRange(value);
  if (typeof value !== "string" || value.length > DIGITS_MAX || !DIGITS.test(value)) return undefined;
  return inRange(BigInt(value));
}

function inRange(value: bigint): number | bigint | undefined {
  if (value > LONG_MAX || value < -LONG_MAX - 1n) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
