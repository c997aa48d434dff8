import type { Int64 } from "./types.ts";
import { int64 } from "./types.ts";

const TWO_32 = 4_294_967_296;

/** Appends Avro's binary forms (Avro spec, "Binary Encoding") to a growing buffer. */
export class AvroWriter {
  #buffer: Buffer = Buffer.allocUnsafe(4096);
  #length = 0;

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  sized(bytes: Uint8Array): void {
    this.long(bytes.length);
    this.raw(bytes);
  }

  string(text: string): void {
    const size = Buffer.byteLength(text);
    this.long(size);
    this.#reserve(size);
    this.#buffer.write(text, this.#length);
    this.#length += size;
  }

  /** Zigzag, then seven bits a byte, lowest first. */
  long(value: number | bigint): void {
    this.#reserve(10);
    if (typeof value === "number" && value >= -0x40000000 && value < 0x40000000) {
      this.#small((value << 1) ^ (value >> 31));
      return;
    }
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    while (rest > 0x7fn) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeFloatLE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  #small(zigzag: number): void {
    let rest = zigzag >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#length++] = rest;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + size));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

/** Reads Avro's binary forms from front to back; throws where the bytes end early. */
export class AvroReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  done(): boolean {
    return this.#at >= this.#buffer.length;
  }

  raw(size: number): Buffer {
    const end = this.#at + size;
    if (!(size >= 0) || end > this.#buffer.length) throw new Error("it ends too early");
    const bytes = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  sized(): Buffer {
    return this.raw(Number(this.long()));
  }

  string(): string {
    return this.sized().toString("utf8");
  }

  long(): Int64 {
    // Up to 28 bits in 32-bit arithmetic, up to 49 as a double, the rest as bigint: ids need all 64.
    let low = 0;
    let high = 0;
    for (let index = 0; index < 7; index += 1) {
      const byte = this.#byte();
      if (index < 4) low |= (byte & 0x7f) << (index * 7);
      else high |= (byte & 0x7f) << ((index - 4) * 7);
      if (byte < 0x80) return unzigzag(high * 0x10000000 + low);
    }
    let zigzag = BigInt(high) * 0x10000000n + BigInt(low);
    for (let index = 7; index < 10; index += 1) {
      const byte = this.#byte();
      zigzag |= BigInt(byte & 0x7f) << BigInt(index * 7);
      if (byte < 0x80) return int64(BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n)));
    }
    throw new Error("it has a number of more than 64 bits");
  }

  float(): number {
    return this.raw(4).readFloatLE(0);
  }

  double(): number {
    return this.raw(8).readDoubleLE(0);
  }

  /** Calls `item` for every item of an array or map; a negative count is followed by the block's size. */
  blocks(item: () => void): void {
    for (;;) {
      let count = Number(this.long());
      if (count === 0) return;
      if (count < 0) {
        this.long();
        count = -count;
      }
      for (let i = 0; i < count; i += 1) item();
    }
  }

  #byte(): number {
    const byte = this.#buffer[this.#at];
    if (byte === undefined) throw new Error("it ends too early");
    this.#at += 1;
    return byte;
  }
}

function unzigzag(zigzag: number): number {
  if (zigzag < TWO_32) return (zigzag >>> 1) ^ -(zigzag & 1);
  const half = Math.floor(zigzag / 2);
  return zigzag % 2 === 0 ? half : -half - 1;
}
