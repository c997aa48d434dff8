import { array, assert, integer, nat, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { POOLED_BYTES, sharedBufferPool } from "../../../../src/lake/parquet/write/buffer-pool.ts";
import { byteSink, bytesOf, putBytes } from "../../../../src/lake/parquet/write/byte-sink.ts";
import { chunkedBytes } from "../../../../src/lake/parquet/write/chunked-bytes.ts";

test("gives back every stretch of what was put, also across chunks", () => {
  const lengths = oneof(nat(200), integer({ min: 0, max: 3_000_000 }));
  assert(
    property(array(lengths, { maxLength: 12 }), nat(), nat(), (sizes, a, b) => {
      const chunked = chunkedBytes(sharedBufferPool());
      const whole: Buffer[] = [];
      sizes.forEach((size, i) => {
        const value = Buffer.alloc(size, i + 1);
        putBytes(chunked.end(), value);
        whole.push(value);
      });
      const expected = Buffer.concat(whole);
      expect(chunked.length()).toBe(expected.length);
      const [from, to] = [a % (expected.length + 1), b % (expected.length + 1)].toSorted((x, y) => x - y);
      const target = byteSink();
      chunked.copyTo(target, from as number, to as number);
      expect(bytesOf(target).equals(expected.subarray(from, to))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("gives back whole what was put value by value", () => {
  const chunked = chunkedBytes(sharedBufferPool());
  const value = Buffer.alloc(1_434, 7);
  for (let i = 0; i < 3_000; i += 1) putBytes(chunked.end(), value);
  const target = byteSink();
  chunked.copyTo(target, 0, chunked.length());
  expect(target.length).toBe(3_000 * 1_434);
  expect(bytesOf(target).every((byte) => byte === 7)).toBe(true);
});

test("chunks that were given back are used again, and nothing else is", () => {
  const pool = sharedBufferPool();
  const first = chunkedBytes(pool);
  const value = Buffer.alloc(1_434, 1);
  for (let i = 0; i < 2_000; i += 1) putBytes(first.end(), value);
  first.release();
  const again = pool.take();
  expect(again.length).toBe(POOLED_BYTES);
  expect(again[0]).toBe(1);
  pool.give(Buffer.alloc(POOLED_BYTES - 1));
  pool.give(again.subarray(10, 20));
  expect(pool.take().buffer).toBe(again.buffer);
});
