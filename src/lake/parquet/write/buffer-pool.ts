/** Buffers of one size that are used again and again. */
export interface BufferPool {
  /** A buffer of `POOLED_BYTES` with anything in it. */
  readonly take: () => Buffer;
  /** Takes back a buffer that nobody reads any more; one of another size is left to be collected. */
  readonly give: (buffer: Buffer) => void;
}

/** A page of text and what stands before it. */
export const POOLED_BYTES: number = 1_179_648;

let shared: WeakRef<BufferPool> | undefined;

/**
 * The pool that all files of this thread share while one of them is written; whoever uses it holds it.
 *
 * The C library keeps what it is given back in pieces: row group after row group of buffers of a megabyte, taken and left by turns,
 * made the process half as large again as what was in use. When the last file is done the pool is garbage like any other.
 */
export function sharedBufferPool(): BufferPool {
  const found = shared?.deref();
  if (found !== undefined) return found;
  const free: Buffer[] = [];
  const pool: BufferPool = {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(POOLED_BYTES),
    give: (buffer) => {
      // A view on a part of a buffer is given back as the whole of it.
      const whole = buffer.buffer.byteLength === POOLED_BYTES ? Buffer.from(buffer.buffer) : undefined;
      if (whole !== undefined) free.push(whole);
    },
  };
  shared = new WeakRef(pool);
  return pool;
}
