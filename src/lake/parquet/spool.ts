import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../store/make-folder.ts";
import type { Line } from "./line-writer.ts";

const BUFFER_BYTES_MIN = 256 * 1024;

/** A file of rows, one JSON document a line. */
export interface Spool {
  readonly path: string;
  /** Where each line starts, and at the end where the file ends. */
  readonly offsets: readonly number[];
  readonly lineBytesMax: number;
}

/** Appends rows to a spool. */
export interface SpoolWriter extends Spool {
  readonly add: (line: Line) => void;
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
    add: ({ bytes, length }) => {
      if (buffered + length > buffer.length) {
        flush();
        if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
      }
      bytes.copy(buffer, buffered, 0, length);
      buffered += length;
      size += length;
      lineBytesMax = Math.max(lineBytesMax, length);
      offsets.push(size);
    },
    flush,
    close: () => closeSync(file),
  };
}
