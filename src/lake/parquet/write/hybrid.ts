import { type ByteSink, putByte, putVarint } from "./byte-sink.ts";

/** A run of equal values is written as such from here on; shorter ones cost less packed. */
const RUN_LENGTH_MIN = 8;
const GROUP_LENGTH = 8;

/**
 * Writes small integers as runs of equal values and groups of eight packed bit by bit: levels and dictionary indices (Parquet
 * format, "RLE/bit-packing hybrid").
 *
 * @param count how many of `values`, none negative and none wider than `bitWidth`
 */
export function putHybrid(
  sink: ByteSink,
  values: Uint8Array | Int32Array,
  { count, bitWidth }: { readonly count: number; readonly bitWidth: number },
): void {
  let packedFrom = 0;
  let at = 0;
  while (at < count) {
    const runEnd = endOfRun(values, at, count);
    // Only whole groups may stand before a run, so a run lends values to fill the last one up.
    const lent = (GROUP_LENGTH - ((at - packedFrom) % GROUP_LENGTH)) % GROUP_LENGTH;
    if (runEnd - at - lent < RUN_LENGTH_MIN) {
      at = runEnd;
      continue;
    }
    putPacked(sink, values, { from: packedFrom, to: at + lent, bitWidth });
    putVarint(sink, (runEnd - at - lent) * 2);
    for (let shift = 0; shift < bitWidth; shift += 8) putByte(sink, (values[at] as number) >> shift);
    packedFrom = runEnd;
    at = runEnd;
  }
  putPacked(sink, values, { from: packedFrom, to: count, bitWidth });
}

/** How many bits the largest value takes. */
export function bitWidthOf(valueMax: number): number {
  return 32 - Math.clz32(valueMax);
}

function endOfRun(values: Uint8Array | Int32Array, from: number, to: number): number {
  const value = values[from];
  let end = from + 1;
  while (end < to && values[end] === value) end += 1;
  return end;
}

/** The last group is filled up with zeros. */
function putPacked(
  sink: ByteSink,
  values: Uint8Array | Int32Array,
  { from, to, bitWidth }: { readonly from: number; readonly to: number; readonly bitWidth: number },
): void {
  if (from === to) return;
  const groupCount = Math.ceil((to - from) / GROUP_LENGTH);
  putVarint(sink, groupCount * 2 + 1);
  let bits = 0;
  let bitCount = 0;
  for (let i = from; i < from + groupCount * GROUP_LENGTH; i += 1) {
    // At most 7 bits are left over: with the value's they fit into 32 as long as it has 25, more than any row group needs.
    bits |= (i < to ? (values[i] as number) : 0) << bitCount;
    bitCount += bitWidth;
    while (bitCount >= 8) {
      putByte(sink, bits & 0xff);
      bits >>>= 8;
      bitCount -= 8;
    }
  }
}
