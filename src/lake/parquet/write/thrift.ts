import { type ByteSink, putByte, putBytes, putVarint } from "./byte-sink.ts";

/** A value of Thrift's compact protocol, in which Parquet's headers and footers are written. */
export interface ThriftValue {
  /** Type code of the compact protocol. */
  readonly code: number;
  readonly put: (sink: ByteSink) => void;
}

const TRUE = 1;
const FALSE = 2;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const SHORT_LIST_LENGTH_MAX = 14;
const SHORT_DELTA_MAX = 15;

export function bool(value: boolean): ThriftValue {
  // In a struct the type code is the value; there are no lists of these here.
  return { code: value ? TRUE : FALSE, put: () => {} };
}

export function i32(value: number): ThriftValue {
  return { code: I32, put: (sink) => putVarint(sink, zigzag(value)) };
}

/** A safe integer below 2^52. */
export function i64(value: number): ThriftValue {
  return { code: I64, put: (sink) => putVarint(sink, zigzag(value)) };
}

export function binary(bytes: Uint8Array): ThriftValue {
  return {
    code: BINARY,
    put: (sink) => {
      putVarint(sink, bytes.length);
      putBytes(sink, bytes);
    },
  };
}

export function text(value: string): ThriftValue {
  return binary(Buffer.from(value));
}

/** @param items of one type */
export function list(items: readonly ThriftValue[]): ThriftValue {
  return {
    code: LIST,
    put: (sink) => {
      const code = items[0]?.code ?? STRUCT;
      const isShort = items.length <= SHORT_LIST_LENGTH_MAX;
      putByte(sink, ((isShort ? items.length : 0xf) << 4) | code);
      if (!isShort) putVarint(sink, items.length);
      for (const item of items) item.put(sink);
    },
  };
}

/** @param fields in the order of their ids; those without a value are left out */
export function struct(
  fields: readonly (readonly [id: number, value: ThriftValue | undefined])[],
): ThriftValue {
  return {
    code: STRUCT,
    put: (sink) => {
      let last = 0;
      for (const [id, value] of fields) {
        if (value === undefined) continue;
        const delta = id - last;
        putByte(sink, delta <= SHORT_DELTA_MAX ? (delta << 4) | value.code : value.code);
        if (delta > SHORT_DELTA_MAX) putVarint(sink, zigzag(id));
        value.put(sink);
        last = id;
      }
      putByte(sink, 0);
    },
  };
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
