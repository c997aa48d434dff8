import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { stringifyJson } from "../../core/json.ts";
import type { Row } from "../../core/row.ts";
import { makeFolder } from "../store/make-folder.ts";

const BUFFER_BYTES_MIN = 256 * 1024;
const LINE_FEED = 10;
// How JSON.stringify writes a lone surrogate. The text of such an escape has it as well, which does no harm.
const SURROGATE_ESCAPE = "\\ud";

/** A file of rows, one JSON document a line. */
export interface Spool {
  readonly path: string;
  /** Where each line starts, and at the end where the file ends. */
  readonly offsets: readonly number[];
  readonly lineBytesMax: number;
}

/** Appends rows to a spool. */
export interface SpoolWriter extends Spool {
  readonly add: (row: Row) => void;
  readonly flush: () => void;
  readonly close: () => void;
}

/**
 * Opens a spool in a folder of its own; two writers on one spool would lose rows without an error.
 *
 * Writing is synchronous and buffered: it costs less than a promise for each row, and memory stays at one buffer.
 */
export function openSpool(folder: string): SpoolWriter {
  makeFolder(folder);
  const path = join(folder, "rows.ndjson");
  const file = openSync(path, "wx");
  const offsets = [0];
  let buffer = Buffer.allocUnsafe(BUFFER_BYTES_MIN);
  let buffered = 0;
  let size = 0;
  let lineBytesMax = 0;
  const flush = (): void => {
    let written = 0;
    while (written < buffered) written += writeSync(file, buffer, written, buffered - written);
    buffered = 0;
  };
  return {
    path,
    offsets,
    get lineBytesMax() {
      return lineBytesMax;
    },
    add: (row) => {
      const line = lineOf(row);
      // A UTF-16 unit becomes three bytes at most.
      const room = line.length * 3 + 1;
      if (buffered + room > buffer.length) {
        flush();
        if (room > buffer.length) buffer = Buffer.allocUnsafe(room);
      }
      const lineBytes = buffer.write(line, buffered) + 1;
      buffered += lineBytes;
      buffer[buffered - 1] = LINE_FEED;
      size += lineBytes;
      lineBytesMax = Math.max(lineBytesMax, lineBytes);
      offsets.push(size);
    },
    flush,
    close: () => closeSync(file),
  };
}

/** One row as a line that DuckDB can read: a lone surrogate would make it refuse the whole file. */
export function lineOf(row: Row): string {
  const line = plainJson(row);
  return line.includes(SURROGATE_ESCAPE) ? stringifyJson(wellFormed(row)) : line;
}

function plainJson(row: Row): string {
  try {
    // Several times faster than stringifyJson, which has to look at every value for a bigint.
    return JSON.stringify(row);
  } catch (error) {
    if (error instanceof TypeError) return stringifyJson(row);
    throw error;
  }
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]),
  );
}
