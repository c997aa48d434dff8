import { decimalOf } from "./evolve.ts";
import { dateDays, instantOf, instantUs } from "./instant.ts";

// Binary single-value serialization (spec, Appendix D). Everything is little endian but decimal and uuid.

/** 4 bytes: int, date. */
export function intBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** 8 bytes: long, time, timestamp, timestamptz. */
export function longBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}

/** Reads what `longBytes` wrote, and the 4 bytes of an int that was promoted since. */
export function readLong(bytes: Uint8Array): bigint | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength === 8) return view.getBigInt64(0, true);
  return bytes.byteLength === 4 ? BigInt(view.getInt32(0, true)) : undefined;
}

/** Reads a 4-byte int or date. */
export function readInt(bytes: Uint8Array): number | undefined {
  return bytes.byteLength === 4
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(0, true)
    : undefined;
}

/** Big-endian two's complement in as few bytes as hold it: the unscaled value of a decimal. */
export function decimalBytes(unscaled: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(length * 8, unscaled) !== unscaled) length += 1;
  const bytes = new Uint8Array(length);
  let rest = BigInt.asUintN(length * 8, unscaled);
  for (let i = length - 1; i >= 0; i -= 1) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/**
 * The binary form of a value given as DuckDB prints it; undefined where the text is not understood.
 *
 * Undefined is always safe, a missing bound only costs pruning; a wrong one hides rows.
 * Strings and binary are not cut here. `side` decides the sign of a zero: -0.0 sorts before +0.0 for strict
 * readers, DuckDB takes them for equal, so a lower zero is written as -0.0 and an upper one as +0.0.
 */
export function boundBytes(type: string, text: string, side: "lower" | "upper"): Uint8Array | undefined {
  switch (type) {
    case "boolean":
      return text === "1" || text === "true"
        ? Uint8Array.of(1)
        : text === "0" || text === "false"
          ? Uint8Array.of(0)
          : undefined;
    case "int":
      return /^-?\d{1,10}$/.test(text) ? intBytes(Number(text)) : undefined;
    case "long":
      return /^-?\d{1,19}$/.test(text) ? longBytes(BigInt(text)) : undefined;
    case "float":
    case "double":
      return floatBytes(type, text, side);
    case "date":
      return dateBytes(text);
    case "time":
      return instantBytes(`1970-01-01T${text}`);
    case "timestamp":
    case "timestamptz":
      return instantBytes(text);
    case "string":
      return new TextEncoder().encode(text);
    case "uuid":
      return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
        ? hexBytes(text.replaceAll("-", ""))
        : undefined;
    case "binary":
      return /^([0-9a-f]{2})*$/i.test(text) ? hexBytes(text) : undefined;
    default:
      return decimalText(type, text);
  }
}

function floatBytes(type: "float" | "double", text: string, side: "lower" | "upper"): Uint8Array | undefined {
  if (!/^-?(\d|inf)/.test(text)) return undefined;
  let value = text.endsWith("inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
  if (Number.isNaN(value)) return undefined;
  if (value === 0) value = side === "lower" ? -0 : 0;
  const bytes = new Uint8Array(type === "float" ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (type === "float") view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return bytes;
}

function decimalText(type: string, text: string): Uint8Array | undefined {
  const decimal = decimalOf(type);
  const match = /^(-?)(\d*)(?:\.(\d+))?$/.exec(text);
  if (decimal === undefined || match === null || text === "" || text === "-") return undefined;
  const fraction = match[3] ?? "";
  if (fraction.length > decimal.scale) return undefined;
  const digits = (match[2] ?? "") + fraction.padEnd(decimal.scale, "0");
  const unscaled = BigInt(digits === "" ? "0" : digits);
  return decimalBytes(match[1] === "-" ? -unscaled : unscaled);
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function dateBytes(text: string): Uint8Array | undefined {
  const days = dateDays(text);
  return days === undefined ? undefined : intBytes(days);
}

function instantBytes(text: string): Uint8Array | undefined {
  const instant = instantOf(text);
  return instant === undefined ? undefined : longBytes(instantUs(instant));
}
