import { promisify } from "node:util";
import * as zlib from "node:zlib";

/** What a page is compressed with. */
export interface Codec {
  /** Parquet's `CompressionCodec`. */
  readonly code: number;
  /** Runs beside the thread that calls it. */
  readonly compress: (bytes: Buffer) => Promise<Buffer>;
}

type Compress = (bytes: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void;

const GZIP_LEVEL = 4;

/** As it is: what is small gains nothing. */
export const UNCOMPRESSED: Codec = { code: 0, compress: (bytes) => Promise.resolve(bytes) };

/** zstd where Node has it (from 22.15 on), else gzip, which takes somewhat more time and room; every engine reads both. */
export const COMPRESSED: Codec = codec();

function codec(): Codec {
  const zstd = (zlib as { readonly zstdCompress?: Compress }).zstdCompress;
  if (zstd !== undefined) {
    const compress = promisify(zstd);
    return { code: 6, compress: (bytes) => compress(bytes, {}) };
  }
  const compress = promisify(zlib.gzip as Compress);
  return { code: 2, compress: (bytes) => compress(bytes, { level: GZIP_LEVEL }) };
}
