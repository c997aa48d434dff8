import { type LineBuffer, reserve } from "./line-buffer.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
/** 1 for the bytes that stand for themselves in a JSON string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= BLANK && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** From here on the engine's own conversion to UTF-8 pays; below, the call costs more than it saves. */
const LONG_LENGTH_MIN = 200;
/** From here on the worst case is too much room to reserve. */
const HUGE_LENGTH_MIN = 100_000;

/**
 * Writes text as a JSON string in UTF-8, escaped as `JSON.stringify` does. A lone surrogate, which UTF-8 cannot spell,
 * becomes U+FFFD: DuckDB would refuse the whole file.
 *
 * @param from where the string begins
 * @returns where it has ended
 */
export function writeText(line: LineBuffer, from: number, text: string): number {
  const { length } = text;
  if (length >= LONG_LENGTH_MIN) {
    return length < HUGE_LENGTH_MIN ? writeLong(line, from, text) : writeAny(line, from, text);
  }
  // Three bytes at most for a UTF-16 unit; those that take six are left to the engine.
  reserve(line, from, length * 3 + 2);
  const { bytes } = line;
  const start = from + 1;
  let i = 0;
  for (; i < length; i += 1) {
    const unit = text.charCodeAt(i);
    if ((unit <= QUOTE && unit !== BLANK) || unit === BACKSLASH || unit >= 0x80) break;
    bytes[start + i] = unit;
  }
  if (i < length) return writeRest(line, from, text, i);
  const end = start + length;
  bytes[from] = QUOTE;
  bytes[end] = QUOTE;
  return end + 1;
}

/** Goes on behind plain ASCII. Letters like `é`, quotes and backslashes are common, the rest is not. */
function writeRest(line: LineBuffer, from: number, text: string, plainCount: number): number {
  const { bytes } = line;
  let at = from + 1 + plainCount;
  for (let i = plainCount; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < BLANK || unit >= 0x800) return writeAny(line, from, text);
    if (unit >= 0x80) {
      bytes[at] = 0xc0 | (unit >> 6);
      at += 1;
    } else if (unit === QUOTE || unit === BACKSLASH) {
      bytes[at] = BACKSLASH;
      at += 1;
    }
    bytes[at] = unit < 0x80 ? unit : 0x80 | (unit & 0x3f);
    at += 1;
  }
  bytes[from] = QUOTE;
  bytes[at] = QUOTE;
  return at + 1;
}

/** The engine puts the bytes where even their escaped form does not reach; from there they are moved and escaped. */
function writeLong(line: LineBuffer, from: number, text: string): number {
  reserve(line, from, text.length * 6 + 2);
  const { bytes } = line;
  let at = from + 1;
  const start = at + text.length * 3;
  const end = start + bytes.write(text, start);
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (PLAIN[byte] === 0) {
      if (byte < BLANK) return writeAny(line, from, text);
      bytes[at] = BACKSLASH;
      at += 1;
    }
    bytes[at] = byte;
    at += 1;
  }
  bytes[from] = QUOTE;
  bytes[at] = QUOTE;
  return at + 1;
}

function writeAny(line: LineBuffer, from: number, text: string): number {
  const quoted = JSON.stringify(text.toWellFormed());
  reserve(line, from, Buffer.byteLength(quoted));
  return from + line.bytes.write(quoted, from);
}
