import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Json } from "../../core/json.ts";
import { parseJson } from "../../core/json.ts";
import type { Row } from "../../core/row.ts";
import type { Spool } from "./spool.ts";

/** Lines of a spool by number, `from` included, `to` not. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** Copies lines of a spool to another file, leaving some out; a range of neighbours is copied in one go. */
export async function writePart(
  spool: Spool,
  part: { readonly path: string; readonly range: LineRange; readonly without?: ReadonlySet<number> },
): Promise<void> {
  const { path, range, without } = part;
  await pipeline(chunks(spool, { range, without: without ?? new Set() }), createWriteStream(path));
}

async function* chunks(
  spool: Spool,
  { range, without }: { readonly range: LineRange; readonly without: ReadonlySet<number> },
): AsyncGenerator<Uint8Array> {
  let start = range.from;
  while (start < range.to) {
    let end = start;
    while (end < range.to && !without.has(end)) end += 1;
    if (end > start) {
      const first = spool.offsets[start] ?? 0;
      const last = (spool.offsets[end] ?? 0) - 1;
      for await (const chunk of createReadStream(spool.path, { start: first, end: last })) {
        yield chunk as Uint8Array;
      }
    }
    start = end + 1;
  }
}

/** Reads one row back. */
export async function readLine(spool: Spool, line: number): Promise<Row> {
  const start = spool.offsets[line] ?? 0;
  const bytes = Buffer.alloc((spool.offsets[line + 1] ?? start) - start);
  const file = await open(spool.path, "r");
  try {
    await file.read(bytes, 0, bytes.length, start);
  } finally {
    await file.close();
  }
  return parseJson(bytes.toString("utf8")) as { ts: string; [column: string]: Json };
}
