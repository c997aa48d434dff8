import type { Position } from "./problem.ts";

/** Text of a file, or where and why it cannot be text. */
export type Decoded = { readonly text: string } | { readonly reason: string; readonly position: Position };

/** Decodes UTF-8 and drops a byte order mark. */
export function decodeText(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { reason: "the file is UTF-16, save it as UTF-8", position: { line: 1, column: 1 } };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { reason: "the file is not UTF-8 text", position: firstBadPosition(bytes) };
  }
}

function firstBadPosition(bytes: Uint8Array): Position {
  const lossy = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(lossy);
  let bad = 0;
  while (bad < bytes.length && bytes[bad] === again[bad]) bad += 1;
  const before = new TextDecoder().decode(bytes.subarray(0, bad)).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
