const SURROGATE_FIRST = 0xd800;
const SURROGATE_LAST = 0xdfff;
const CODE_POINT_LAST = 0x10ffff;

/** A lower bound of at most `length` code points: a prefix is never greater than the text. */
export function truncateLower(text: string, length: number): string {
  return prefix(text, length);
}

/**
 * An upper bound of at most `length` code points, or undefined where there is none.
 *
 * A prefix is smaller than the text, so its last code point is raised by one, passing over the surrogates;
 * U+10FFFF cannot be raised and is dropped, and then the one before it (spec, "Manifests", string bounds).
 */
export function truncateUpper(text: string, length: number): string | undefined {
  const cut = prefix(text, length);
  if (cut.length === text.length) return text;
  const points = Array.from(cut, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? CODE_POINT_LAST;
    if (last === CODE_POINT_LAST) continue;
    const next = last + 1;
    points.push(next >= SURROGATE_FIRST && next <= SURROGATE_LAST ? SURROGATE_LAST + 1 : next);
    return String.fromCodePoint(...points);
  }
  return undefined;
}

/** A lower bound of at most `length` bytes. */
export function truncateLowerBytes(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.subarray(0, length);
}

/** An upper bound of at most `length` bytes, or undefined where every byte is 0xFF. */
export function truncateUpperBytes(bytes: Uint8Array, length: number): Uint8Array | undefined {
  if (bytes.length <= length) return bytes;
  for (let end = length; end > 0; end -= 1) {
    const last = bytes[end - 1] as number;
    if (last === 0xff) continue;
    const bound = bytes.slice(0, end);
    bound[end - 1] = last + 1;
    return bound;
  }
  return undefined;
}

function prefix(text: string, length: number): string {
  // A code point is one or two UTF-16 units, so short texts need no counting.
  if (text.length <= length) return text;
  let units = 0;
  for (let count = 0; count < length && units < text.length; count += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, units);
}
