/** Bytes that grow at their end. */
export interface ByteSink {
  /** What was put so far is in the first `length` bytes. */
  bytes: Buffer;
  length: number;
}

const LENGTH_MIN = 64;
/** From here on the engine's own conversion to UTF-8 pays; below, the call costs more than it saves. */
const LONG_TEXT_LENGTH_MIN = 64;
const TWO_32 = 4_294_967_296;

/** @param capacity how many bytes are expected */
export function byteSink(capacity: number = LENGTH_MIN): ByteSink {
  return { bytes: Buffer.allocUnsafe(capacity), length: 0 };
}

/** What was put, without a copy: it is overwritten by nothing but `length = 0`. */
export function bytesOf({ bytes, length }: ByteSink): Buffer {
  return bytes.subarray(0, length);
}

export function putByte(sink: ByteSink, value: number): void {
  const at = reserve(sink, 1);
  sink.bytes[at] = value;
}

export function putBytes(sink: ByteSink, bytes: Uint8Array): void {
  const at = reserve(sink, bytes.length);
  sink.bytes.set(bytes, at);
}

/** 4 bytes, little endian. */
export function putInt32(sink: ByteSink, value: number): void {
  const at = reserve(sink, 4);
  const { bytes } = sink;
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value >> 16;
  bytes[at + 3] = value >> 24;
}

/** 8 bytes, little endian; a number must be a safe integer. */
export function putInt64(sink: ByteSink, value: number | bigint): void {
  if (typeof value === "bigint") {
    const at = reserve(sink, 8);
    sink.bytes.writeBigInt64LE(value, at);
    return;
  }
  const high = Math.floor(value / TWO_32);
  putInt32(sink, (value - high * TWO_32) | 0);
  putInt32(sink, high);
}

/** Seven bits a byte, the lowest first (ULEB128); a safe integer that is not negative. */
export function putVarint(sink: ByteSink, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    putByte(sink, (rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  putByte(sink, rest);
}

/** Text in UTF-8; a lone surrogate, which UTF-8 cannot spell, becomes U+FFFD. */
export function putText(sink: ByteSink, text: string): void {
  const { length } = text;
  // Three bytes at most for a UTF-16 unit.
  const at = reserve(sink, length * 3);
  const { bytes } = sink;
  if (length < LONG_TEXT_LENGTH_MIN) {
    let i = 0;
    for (; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      bytes[at + i] = unit;
    }
    if (i === length) {
      sink.length = at + length;
      return;
    }
  }
  sink.length = at + bytes.write(text, at);
}

/** Makes room for `count` bytes more, counts them as put, and gives the place where they begin. */
function reserve(sink: ByteSink, count: number): number {
  const at = sink.length;
  const needed = at + count;
  if (needed > sink.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.max(needed, sink.bytes.length * 2));
    sink.bytes.copy(larger, 0, 0, at);
    sink.bytes = larger;
  }
  sink.length = needed;
  return at;
}
