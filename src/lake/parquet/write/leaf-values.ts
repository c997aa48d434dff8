import { type ByteSink, byteSink, bytesOf, putByte } from "./byte-sink.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { type ChunkedBytes, chunkedBytes } from "./chunked-bytes.ts";
import { bitWidthOf, putHybrid } from "./hybrid.ts";
import type { LeafType, LeafValue } from "./leaf-type.ts";
import { BOOLEAN } from "./physical.ts";
import type { Stretch } from "./row-order.ts";

/** The values of one leaf column in one row group, without its nulls. */
export interface LeafValues {
  readonly count: number;
  readonly add: (value: LeafValue) => void;
  /** Smallest and largest; undefined while there is none. */
  readonly range: () => { readonly min: LeafValue; readonly max: LeafValue } | undefined;
  /** Gives the values as they go into pages; with an order, they move as it says. */
  readonly encode: (order?: readonly Stretch[]) => EncodedValues;
}

/** Values that are ready to be cut into pages. */
export interface EncodedValues {
  /** The dictionary page's content and length; undefined where values are written out. */
  readonly dictionary: { readonly bytes: Buffer; readonly count: number } | undefined;
  /** What the values before number `i` take, bytes. */
  readonly sizeBefore: (i: number) => number;
  /** Writes the values from number `from` to before number `to`. */
  readonly put: (sink: ByteSink, from: number, to: number) => void;
  /** Gives back what memory it can; nothing is put any more. */
  readonly release?: () => void;
}

/** So many values are looked at before a dictionary is given up. */
const JUDGED_COUNT_MIN = 1024;
/** With more different values than this share a dictionary saves nothing. */
const DISTINCT_SHARE_MAX = 0.6;
const COUNT_MIN = 64;

/**
 * Keeps values as numbers of a dictionary, for nearly every column of a log says the same few things again and again; where
 * they turn out to be different each time they are written out at once, and their texts are not kept.
 */
export function leafValues(type: LeafType, pool: BufferPool): LeafValues {
  let ids: Int32Array | undefined = new Int32Array(COUNT_MIN);
  let idOf = new Map<LeafValue, number>();
  let distinct: LeafValue[] = [];
  let lastId = 0;
  let judgedCount = JUDGED_COUNT_MIN;
  let written: Written | undefined;
  let count = 0;

  const writeOut = (): Written => {
    const out = newWritten(pool);
    for (let i = 0; i < count; i += 1) addWritten(out, type, distinct[ids?.[i] as number] as LeafValue);
    return out;
  };
  const addToDictionary = (value: LeafValue): void => {
    let known = ids as Int32Array;
    if (count === known.length) {
      known = new Int32Array(count * 2);
      known.set(ids as Int32Array);
      ids = known;
    }
    // Neighbours are often equal, and a comparison costs less than a look-up.
    if (count === 0 || distinct[lastId] !== value) {
      const id = idOf.get(value);
      lastId = id ?? distinct.length;
      if (id === undefined) {
        idOf.set(value, lastId);
        distinct.push(value);
      }
    }
    known[count] = lastId;
    count += 1;
    if (count !== judgedCount) return;
    judgedCount *= 2;
    if (type.physical === BOOLEAN || distinct.length <= count * DISTINCT_SHARE_MAX) return;
    written = writeOut();
    ids = undefined;
    idOf = new Map();
    distinct = [];
  };
  return {
    get count() {
      return count;
    },
    add: (value) => {
      if (written === undefined) {
        addToDictionary(value);
        return;
      }
      addWritten(written, type, value);
      count += 1;
    },
    range: () => {
      if (written === undefined) return rangeOf(distinct, type);
      const { min, max } = written;
      return min === undefined || max === undefined ? undefined : { min, max };
    },
    encode: (order) => {
      const numbers = ids && moved(ids, order);
      if (numbers !== undefined && type.physical === BOOLEAN) return bits(numbers, distinct);
      if (numbers !== undefined && count > 0 && distinct.length <= count * DISTINCT_SHARE_MAX) {
        return indices(numbers, distinct, type);
      }
      return plain((written ??= writeOut()), order, pool);
    },
  };
}

function indices(ids: Int32Array, distinct: readonly LeafValue[], type: LeafType): EncodedValues {
  const sink = byteSink();
  for (const value of distinct) type.put(sink, value);
  // Some readers do not expect indices without any bits.
  const bitWidth = Math.max(1, bitWidthOf(distinct.length - 1));
  return {
    dictionary: { bytes: bytesOf(sink), count: distinct.length },
    sizeBefore: (i) => (i * bitWidth) / 8,
    put: (page, from, to) => {
      putByte(page, bitWidth);
      putHybrid(page, ids.subarray(from, to), { count: to - from, bitWidth });
    },
  };
}

/** Truth values take a bit each, the first the lowest. */
function bits(ids: Int32Array, distinct: readonly LeafValue[]): EncodedValues {
  return {
    dictionary: undefined,
    sizeBefore: (i) => i / 8,
    put: (page, from, to) => {
      for (let at = from; at < to; at += 8) {
        let byte = 0;
        for (let i = at; i < Math.min(at + 8, to); i += 1) {
          byte |= (distinct[ids[i] as number] as number) << (i - at);
        }
        putByte(page, byte);
      }
    },
  };
}

function plain(out: Written, order: readonly Stretch[] | undefined, pool: BufferPool): EncodedValues {
  const { bytes, ends } = order === undefined ? out : movedWritten(out, order, pool);
  const start = (i: number): number => (i === 0 ? 0 : (ends[i - 1] as number));
  return {
    dictionary: undefined,
    sizeBefore: start,
    put: (page, from, to) => bytes.copyTo(page, start(from), start(to)),
    release: bytes.release,
  };
}

/** Values in the PLAIN encoding, one behind the other. */
interface Written {
  readonly bytes: ChunkedBytes;
  /** Where each value ends. */
  ends: Int32Array;
  count: number;
  min: LeafValue | undefined;
  max: LeafValue | undefined;
}

function newWritten(pool: BufferPool): Written {
  return {
    bytes: chunkedBytes(pool),
    ends: new Int32Array(COUNT_MIN),
    count: 0,
    min: undefined,
    max: undefined,
  };
}

function addWritten(out: Written, type: LeafType, value: LeafValue): void {
  type.put(out.bytes.end(), value);
  if (out.count === out.ends.length) {
    const larger = new Int32Array(out.count * 2);
    larger.set(out.ends);
    out.ends = larger;
  }
  out.ends[out.count] = out.bytes.length();
  out.count += 1;
  if (out.min === undefined || type.compare(value, out.min) < 0) out.min = value;
  if (out.max === undefined || type.compare(value, out.max) > 0) out.max = value;
}

function movedWritten(
  { bytes: from, ends }: Written,
  order: readonly Stretch[],
  pool: BufferPool,
): { readonly bytes: ChunkedBytes; readonly ends: Int32Array } {
  const bytes = chunkedBytes(pool);
  const movedEnds = new Int32Array(ends.length);
  let count = 0;
  for (const stretch of order) {
    for (let i = stretch.from; i < stretch.to; i += 1) {
      from.copyTo(bytes.end(), i === 0 ? 0 : (ends[i - 1] as number), ends[i] as number);
      movedEnds[count++] = bytes.length();
    }
  }
  from.release();
  return { bytes, ends: movedEnds };
}

function moved(ids: Int32Array, order: readonly Stretch[] | undefined): Int32Array {
  if (order === undefined) return ids;
  const to = new Int32Array(ids.length);
  let at = 0;
  for (const stretch of order) {
    to.set(ids.subarray(stretch.from, stretch.to), at);
    at += stretch.to - stretch.from;
  }
  return to;
}

function rangeOf(
  values: readonly LeafValue[],
  type: LeafType,
): { readonly min: LeafValue; readonly max: LeafValue } | undefined {
  let [min] = values;
  let max = min;
  for (const value of values) {
    if (type.compare(value, min as LeafValue) < 0) min = value;
    if (type.compare(value, max as LeafValue) > 0) max = value;
  }
  return min === undefined || max === undefined ? undefined : { min, max };
}
