import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteSink, bytesOf } from "../../../../src/lake/parquet/write/byte-sink.ts";
import { bitWidthOf, putHybrid } from "../../../../src/lake/parquet/write/hybrid.ts";

/** Reads as the format says; more values than `count` may stand in the last packed group. */
function read(bytes: Uint8Array, { count, bitWidth }: { count: number; bitWidth: number }): number[] {
  const values: number[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (values.length < count) {
    const header = varint();
    if (header % 2 === 0) {
      let value = 0;
      for (let i = 0; i < Math.ceil(bitWidth / 8); i += 1) value += (bytes[at++] as number) * 256 ** i;
      for (let i = 0; i < header / 2; i += 1) values.push(value);
      continue;
    }
    const packed = bytes.subarray(at, at + ((header - 1) / 2) * bitWidth);
    at += packed.length;
    for (let i = 0; i < ((header - 1) / 2) * 8; i += 1) {
      let value = 0;
      for (let bit = 0; bit < bitWidth; bit += 1) {
        const place = i * bitWidth + bit;
        if (((packed[place >> 3] as number) >> (place & 7)) & 1) value += 2 ** bit;
      }
      values.push(value);
    }
  }
  expect(at).toBe(bytes.length);
  return values.slice(0, count);
}

const runs = fc.array(fc.tuple(fc.nat(70_000), fc.integer({ min: 1, max: 40 })), { maxLength: 30 });

describe("putHybrid", () => {
  test("any values come back, runs and mixtures of them", () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 17 }), (made, bitWidth) => {
        const values = made.flatMap(([value, length]) => Array.from({ length }, () => value % 2 ** bitWidth));
        const sink = byteSink();
        putHybrid(sink, Int32Array.from(values), { count: values.length, bitWidth });
        expect(read(bytesOf(sink), { count: values.length, bitWidth })).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  test("a long run takes a few bytes", () => {
    const sink = byteSink();
    putHybrid(sink, new Uint8Array(1_000_000).fill(3), { count: 1_000_000, bitWidth: 2 });
    expect(sink.length).toBe(4);
  });

  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [255, 8],
    [256, 9],
  ])("bitWidthOf(%i) is %i", (value, width) => {
    expect(bitWidthOf(value)).toBe(width);
  });
});
