import { createHash } from "node:crypto";

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** A stream of numbers that is the same for the same key, on every machine. */
export interface Random {
  /** A number in [0, 1). */
  readonly next: () => number;
  /** A whole number in [0, limit). */
  readonly int: (limit: number) => number;
  /** True with this probability. */
  readonly chance: (probability: number) => boolean;
  /** One of the items, which must not be empty. */
  readonly pick: <T>(items: readonly T[]) => T;
  /** One of the items, as likely as its weight says. */
  readonly weighted: <T extends { readonly weight: number }>(items: readonly T[]) => T;
  /** A version 4 UUID. */
  readonly uuid: () => string;
  /** A Duo key: the prefix and upper-case alphanumerics, 20 characters in all. */
  readonly key: (prefix: string) => string;
}

/**
 * Makes a generator from a text key.
 *
 * The state has 128 bits taken from a SHA-256 of the key: with a 32-bit state two of the thousands of hours
 * of a data set would soon share a seed and with it every event id.
 */
export function createRandom(key: string): Random {
  const next32 = sfc32(createHash("sha256").update(key).digest());
  const next = (): number => next32() / 4294967296;
  const int = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]): T => items[int(items.length)] as T,
    weighted: <T extends { readonly weight: number }>(items: readonly T[]): T => {
      let left = next() * items.reduce((sum, item) => sum + item.weight, 0);
      for (const item of items) {
        left -= item.weight;
        if (left < 0) return item;
      }
      return items[items.length - 1] as T;
    },
    uuid: () => uuid(next32(), next32(), next32(), next32()),
    key: (prefix) => {
      let text = prefix;
      while (text.length < 20) text += KEY_ALPHABET[int(KEY_ALPHABET.length)] as string;
      return text;
    },
  };
}

/** Small fast counter, a public-domain generator that passes PractRand. */
function sfc32(seed: Buffer): () => number {
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let d = seed.readInt32LE(12);
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
}

function uuid(a: number, b: number, c: number, d: number): string {
  const version = (b & 0xffff0fff) | 0x4000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  return `${hex4(a)}-${hex2(version >>> 16)}-${hex2(version)}-${hex2(variant >>> 16)}-${hex2(variant)}${hex4(d)}`;
}

function hex2(value: number): string {
  return (HEX[(value >>> 8) & 255] as string) + (HEX[value & 255] as string);
}

function hex4(value: number): string {
  return hex2(value >>> 16) + hex2(value);
}
