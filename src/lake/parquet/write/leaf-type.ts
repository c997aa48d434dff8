import { compareCodePoints, stringifyJson } from "../../../core/json.ts";
import { decimalOf } from "../../spec/evolve.ts";
import { dateDays, instantNumber, instantOf } from "../../spec/instant.ts";
import { truncateLower, truncateLowerBytes, truncateUpper, truncateUpperBytes } from "../../spec/truncate.ts";
import {
  type ByteSink,
  byteSink,
  bytesOf,
  putByte,
  putBytes,
  putInt32,
  putInt64,
  putText,
} from "./byte-sink.ts";
import { decimalType } from "./decimal-type.ts";
import { BOOLEAN, BYTE_ARRAY, DOUBLE, FIXED_LEN_BYTE_ARRAY, FLOAT, INT32, INT64 } from "./physical.ts";
import { bool, struct, type ThriftValue } from "./thrift.ts";

/** A value as it is kept until it is written; truth values are 0 and 1. Equal values are `===`. */
export type LeafValue = string | number | bigint;

/** How the values of one Iceberg type are checked, written and compared. */
export interface LeafType {
  /** Parquet's `Type`. */
  readonly physical: number;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength?: number;
  /** Parquet's older `ConvertedType`, for readers that do not know the other. */
  readonly converted?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Parquet's `LogicalType`. */
  readonly logical?: ThriftValue;
  /** What a value must look like, in words. */
  readonly form: string;
  /** The value as it is kept; undefined where it does not fit. Neither null nor undefined is asked. */
  readonly read: (value: unknown) => LeafValue | undefined;
  /** Writes one value in the PLAIN encoding; truth values are packed by whoever writes the page. */
  readonly put: (sink: ByteSink, value: LeafValue) => void;
  /** The order of Iceberg and Parquet, which is the same. */
  readonly compare: (a: LeafValue, b: LeafValue) => number;
  /** Iceberg's bound for this smallest or largest value (spec, Appendix D); undefined where there is none. */
  readonly bound: (value: LeafValue, side: Side) => Uint8Array | undefined;
}

export type Side = "lower" | "upper";

/** `write.metadata.metrics.default=truncate(16)` */
const BOUND_LENGTH_MAX = 16;
const INT_MAX = 2_147_483_647;
const LONG_MAX = 9_223_372_036_854_775_807n;
/** Fields of Parquet's `LogicalType`. */
const TIME = 7;
const TIMESTAMP = 8;

const INSTANT: Omit<LeafType, "converted" | "logical"> = {
  ...wholeNumber(INT64),
  form: "YYYY-MM-DDTHH:MM:SS.ffffffZ",
  read: (value) => {
    // `instantOf` also reads what DuckDB prints, which rows do not have.
    const isForm = typeof value === "string" && value[10] === "T" && value.endsWith("Z");
    const instant = isForm ? instantOf(value) : undefined;
    return instant && instantNumber(instant);
  },
};

const TYPES: Readonly<Record<string, LeafType>> = {
  boolean: {
    ...wholeNumber(BOOLEAN),
    form: "true or false",
    read: (value) => (typeof value === "boolean" ? Number(value) : undefined),
    put: (sink, value) => putByte(sink, Number(value)),
  },
  int: {
    ...wholeNumber(INT32),
    form: "an integer of 32 bits",
    read: (value) =>
      Number.isInteger(value) && Math.abs((value as number) + 0.5) < INT_MAX + 1
        ? (value as number) + 0
        : undefined,
  },
  long: { ...wholeNumber(INT64), form: "an integer of 64 bits", read: readLong },
  float: floating(FLOAT),
  double: floating(DOUBLE),
  date: {
    ...wholeNumber(INT32),
    converted: 6,
    logical: struct([[6, struct([])]]),
    form: "a date, YYYY-MM-DD",
    read: (value) => (typeof value === "string" ? dateDays(value) : undefined),
  },
  time: {
    ...wholeNumber(INT64),
    converted: 8,
    logical: microseconds(TIME, false),
    form: "a time, HH:MM:SS.ffffff",
    read: (value) =>
      typeof value === "string" && /^\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(value)
        ? instantOf(`1970-01-01T${value}Z`)?.usOfDay
        : undefined,
  },
  timestamp: {
    ...INSTANT,
    logical: microseconds(TIMESTAMP, false),
  },
  timestamptz: {
    ...INSTANT,
    converted: 10,
    logical: microseconds(TIMESTAMP, true),
  },
  string: {
    ...INSTANT,
    physical: BYTE_ARRAY,
    converted: 0,
    logical: struct([[1, struct([])]]),
    form: "anything",
    read: readText,
    put: putSized,
    compare: (a, b) => compareCodePoints(a as string, b as string),
    bound: textBound,
  },
  binary: {
    physical: BYTE_ARRAY,
    form: "a text",
    read: (value) => (typeof value === "string" ? value.toWellFormed() : undefined),
    put: putSized,
    compare: (a, b) => compareCodePoints(a as string, b as string),
    bound: (value, side) => {
      const bytes = Buffer.from(value as string);
      return side === "lower"
        ? truncateLowerBytes(bytes, BOUND_LENGTH_MAX)
        : truncateUpperBytes(bytes, BOUND_LENGTH_MAX);
    },
  },
  uuid: {
    physical: FIXED_LEN_BYTE_ARRAY,
    typeLength: 16,
    logical: struct([[14, struct([])]]),
    form: "a uuid",
    read: (value) =>
      typeof value === "string" && /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)
        ? value.replaceAll("-", "").toLowerCase()
        : undefined,
    put: (sink, value) => putBytes(sink, Buffer.from(value as string, "hex")),
    compare: compareNatural,
    bound: (value) => Buffer.from(value as string, "hex"),
  },
};

/**
 * How an Iceberg primitive is stored (Iceberg spec, "Parquet", data type mappings).
 *
 * @throws RangeError for a type that files here do not hold
 */
export function leafType(type: string): LeafType {
  const known = TYPES[type];
  if (known !== undefined) return known;
  const decimal = decimalOf(type);
  if (decimal === undefined) throw new RangeError(`Cannot store type ${type}: data files do not hold it`);
  return decimalType(decimal);
}

/** Parquet's `TimeType` or `TimestampType` in microseconds, which is Iceberg's unit. */
function microseconds(field: number, isUtc: boolean): ThriftValue {
  const unit = struct([[2, struct([])]]);
  return struct([
    [
      field,
      struct([
        [1, bool(isUtc)],
        [2, unit],
      ]),
    ],
  ]);
}

/** What whole numbers have in common: their bound is their plain form. */
function wholeNumber(physical: number): Pick<LeafType, "physical" | "put" | "compare" | "bound"> {
  const put: LeafType["put"] =
    physical === INT64
      ? (sink, value) => putInt64(sink, value as number | bigint)
      : (sink, value) => putInt32(sink, value as number);
  const bound = (value: LeafValue): Uint8Array => {
    if (physical === BOOLEAN) return Uint8Array.of(Number(value));
    const sink = byteSink();
    put(sink, value);
    return Buffer.from(bytesOf(sink));
  };
  return { physical, put, compare: compareNatural, bound };
}

function floating(physical: number): LeafType {
  const isFloat = physical === FLOAT;
  const bytesOfNumber = (value: number): Buffer => {
    const bytes = Buffer.alloc(isFloat ? 4 : 8);
    if (isFloat) bytes.writeFloatLE(value);
    else bytes.writeDoubleLE(value);
    return bytes;
  };
  return {
    physical,
    form: "a number",
    read: (value) => {
      if (typeof value !== "number" && typeof value !== "bigint") return undefined;
      const number = isFloat ? Math.fround(Number(value)) : Number(value);
      // A negative zero and a zero are not equal for every reader; JSON knows one.
      return Number.isFinite(number) ? number + 0 : undefined;
    },
    put: (sink, value) => putBytes(sink, bytesOfNumber(value as number)),
    compare: compareNatural,
    // A zero may stand for both: the lower one sorts first for strict readers.
    bound: (value, side) => bytesOfNumber(value === 0 && side === "lower" ? -0 : (value as number)),
  };
}

function readLong(value: unknown): LeafValue | undefined {
  if (typeof value === "number") {
    // A double of 2^53 or more has lost digits already, but it is what the caller has.
    if (!Number.isInteger(value) || Math.abs(value) >= 9.2e18) return undefined;
    return Number.isSafeInteger(value) ? value + 0 : BigInt(value);
  }
  if (typeof value !== "bigint" || value > LONG_MAX || value < -LONG_MAX - 1n) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Text columns take any scalar or document, kept as its JSON. */
function readText(value: unknown): string {
  const text = typeof value === "string" ? value : stringifyJson(value);
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** A length in 4 bytes, then the UTF-8. */
function putSized(sink: ByteSink, value: LeafValue): void {
  const at = sink.length;
  putInt32(sink, 0);
  putText(sink, value as string);
  sink.bytes.writeInt32LE(sink.length - at - 4, at);
}

function textBound(value: LeafValue, side: Side): Uint8Array | undefined {
  const text = value as string;
  const cut =
    side === "lower" ? truncateLower(text, BOUND_LENGTH_MAX) : truncateUpper(text, BOUND_LENGTH_MAX);
  return cut === undefined ? undefined : Buffer.from(cut);
}

function compareNatural(a: LeafValue, b: LeafValue): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
