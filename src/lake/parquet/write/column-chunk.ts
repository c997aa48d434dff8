import { mapBounded } from "../../../core/map-bounded.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { byteSink, bytesOf } from "./byte-sink.ts";
import { type Codec, COMPRESSED, UNCOMPRESSED } from "./compress.ts";
import { type EncodedColumn, type EncodeOptions, type LeafColumn, leafColumn } from "./leaf-column.ts";
import type { LeafValues } from "./leaf-values.ts";
import type { LeafShape } from "./row-shape.ts";
import { i32, struct, type ThriftValue } from "./thrift.ts";

/** What is said of a leaf column of a row group, in the footer and in the manifest. */
export interface ColumnChunk {
  readonly leaf: LeafShape;
  /** Parquet's `CompressionCodec`. */
  readonly codec: number;
  /** All pages with their headers, and before they were compressed. */
  readonly sizeBytes: number;
  readonly uncompressedBytes: number;
  /** The dictionary page, which comes first; 0 where there is none. */
  readonly dictionaryBytes: number;
  /** Values and nulls together. */
  readonly entryCount: number;
  readonly nullCount: number;
  readonly range: ReturnType<LeafValues["range"]>;
}

/** A column with the pages to write. */
export interface EncodedChunk {
  readonly chunk: ColumnChunk;
  readonly pages: readonly Buffer[];
}

/** Parquet's `Encoding`. */
export const PLAIN = 0;
export const RLE = 3;
export const RLE_DICTIONARY = 8;

/** Parquet's `PageType`. */
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
/** A page below it would hardly become smaller. */
const COMPRESSED_BYTES_MIN = 200;
/** As many as Node's thread pool compresses at once. */
const PAGE_COUNT_AT_ONCE = 4;

/**
 * Encodes a column at once and compresses its pages beside this thread.
 *
 * @param column undefined where nothing was added to it
 */
export async function encodeChunk(
  leaf: LeafShape,
  column: LeafColumn | undefined,
  options: EncodeOptions & { readonly pool: BufferPool },
): Promise<EncodedChunk> {
  const encoded = (column ?? leafColumn(leaf, options.pool)).encode(options);
  const { dictionary, entryCount, nullCount, range } = encoded;
  const contents = await compressPages(encoded, options.pool);
  const { codec } = contents;
  const heads = [
    ...(dictionary === undefined ? [] : [dictionaryHeader(dictionary.count)]),
    ...encoded.pages.map((page) => dataHeader(page.entryCount, dictionary !== undefined)),
  ];
  const pages = heads.map((header, i) => {
    const { contentBytes, body } = contents.pages[i] as CompressedPage;
    return [pageHead(header, { contentBytes, body }), body] as const;
  });
  const sizes = pages.map(([head, body]) => head.length + body.length);
  const headBytes = sum(pages.map(([head]) => head.length));
  const chunk = {
    leaf,
    codec: codec.code,
    sizeBytes: sum(sizes),
    uncompressedBytes: headBytes + sum(contents.pages.map(({ contentBytes }) => contentBytes)),
    dictionaryBytes: dictionary === undefined ? 0 : (sizes[0] as number),
    entryCount,
    nullCount,
    range,
  };
  return { chunk, pages: pages.flat() };
}

interface CompressedPage {
  /** Before it was compressed. */
  readonly contentBytes: number;
  readonly body: Buffer;
}

/** Makes and compresses the pages, dictionary first; of a column of many pages a few at a time, so that not all of it is there twice. */
async function compressPages(
  { dictionary, pages, release }: EncodedColumn,
  pool: BufferPool,
): Promise<{ readonly codec: Codec; readonly pages: readonly CompressedPage[] }> {
  const [first] = pages;
  const alone = pages.length === 1 ? first?.content() : undefined;
  const isLarge =
    alone === undefined || alone.length + (dictionary?.bytes.length ?? 0) >= COMPRESSED_BYTES_MIN;
  const codec = isLarge ? COMPRESSED : UNCOMPRESSED;
  const contents = [
    ...(dictionary === undefined ? [] : [() => dictionary.bytes]),
    ...(alone === undefined ? pages.map(({ content }) => content) : [() => alone]),
  ];
  const compressed = await mapBounded(contents, PAGE_COUNT_AT_ONCE, async (make) => {
    const content = make();
    const body = await codec.compress(content);
    const contentBytes = content.length;
    if (body !== content) pool.give(content);
    return { contentBytes, body };
  });
  release();
  return { codec, pages: compressed };
}

/** What a page's header says besides its sizes. */
interface PageHeader {
  readonly kind: number;
  readonly own: readonly [id: number, value: ThriftValue];
}

function dictionaryHeader(valueCount: number): PageHeader {
  return {
    kind: DICTIONARY_PAGE,
    own: [
      7,
      struct([
        [1, i32(valueCount)],
        [2, i32(PLAIN)],
      ]),
    ],
  };
}

function dataHeader(entryCount: number, hasDictionary: boolean): PageHeader {
  const encoding = i32(hasDictionary ? RLE_DICTIONARY : PLAIN);
  return {
    kind: DATA_PAGE,
    own: [
      5,
      struct([
        [1, i32(entryCount)],
        [2, encoding],
        [3, i32(RLE)],
        [4, i32(RLE)],
      ]),
    ],
  };
}

function pageHead({ kind, own }: PageHeader, { contentBytes, body }: CompressedPage): Buffer {
  const sink = byteSink();
  struct([[1, i32(kind)], [2, i32(contentBytes)], [3, i32(body.length)], own]).put(sink);
  return bytesOf(sink);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
