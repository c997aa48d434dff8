import type { BufferPool } from "./buffer-pool.ts";
import { type ByteSink, byteSink, bytesOf, putBytes } from "./byte-sink.ts";

/** Bytes that grow at their end, chunk by chunk: nothing is copied when they grow, and no larger buffer is left to be collected. */
export interface ChunkedBytes {
  readonly length: () => number;
  /** Where the next value is put, whole; asked for before each of them. */
  readonly end: () => ByteSink;
  /** Copies the bytes from place `from` to before place `to`. */
  readonly copyTo: (target: ByteSink, from: number, to: number) => void;
  /** Gives the chunks back to the pool; nothing may be asked for any more. */
  readonly release: () => void;
}

const CHUNK_BYTES = 1024 * 1024;

/** @param pool has buffers for a chunk and the value that fills it up */
export function chunkedBytes(pool: BufferPool): ChunkedBytes {
  const full: Buffer[] = [];
  /** Where each full chunk begins, and the one that is being filled. */
  const starts = [0];
  let filling = byteSink();
  return {
    length: () => (starts.at(-1) as number) + filling.length,
    end: () => {
      if (filling.length >= CHUNK_BYTES) {
        full.push(bytesOf(filling));
        starts.push((starts.at(-1) as number) + filling.length);
        filling = { bytes: pool.take(), length: 0 };
      }
      return filling;
    },
    copyTo: (target, from, to) => {
      if (from >= to) return;
      for (let i = chunkAt(starts, from); i < starts.length; i += 1) {
        const start = starts[i] as number;
        const chunk = full[i] ?? bytesOf(filling);
        if (start + chunk.length > from)
          putBytes(target, chunk.subarray(Math.max(0, from - start), Math.min(chunk.length, to - start)));
        if (start + chunk.length >= to) return;
      }
    },
    release: () => {
      for (const chunk of [...full, filling.bytes]) pool.give(chunk);
    },
  };
}

/** The chunk that holds a place. */
function chunkAt(starts: readonly number[], place: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
