import type { NestedField } from "../../spec/types.ts";
import { byteSink, bytesOf } from "./byte-sink.ts";
import { type ColumnChunk, PLAIN, RLE, RLE_DICTIONARY } from "./column-chunk.ts";
import { schemaElements } from "./schema-elements.ts";
import type { LeafType, LeafValue, Side } from "./leaf-type.ts";
import { BYTE_ARRAY, DOUBLE, FLOAT } from "./physical.ts";
import { binary, i32, i64, list, struct, text, type ThriftValue } from "./thrift.ts";

/** A row group that stands in the file. */
export interface PlacedGroup {
  readonly rowCount: number;
  /** Where its first page begins. */
  readonly offset: number;
  /** In the order of the file. */
  readonly chunks: readonly ColumnChunk[];
}

const FORMAT_VERSION = 1;
const VALUE_BYTES_MAX = 64;
/** The words of the format for "as the column's type says": without it readers pass over smallest and largest values. */
const TYPE_DEFINED_ORDER = struct([[1, struct([])]]);

/** Writes `FileMetaData`, without the length and the magic number that follow it. */
export function footer(fields: readonly NestedField[], groups: readonly PlacedGroup[]): Buffer {
  const sink = byteSink();
  const elements = schemaElements(fields);
  struct([
    [1, i32(FORMAT_VERSION)],
    [2, list(elements)],
    [3, i64(sum(groups.map(({ rowCount }) => rowCount)))],
    [4, list(groups.map(rowGroup))],
    [6, text("duolake")],
    [7, list((groups[0]?.chunks ?? []).map(() => TYPE_DEFINED_ORDER))],
  ]).put(sink);
  return bytesOf(sink);
}

function rowGroup({ rowCount, offset, chunks }: PlacedGroup): ThriftValue {
  let at = offset;
  const columns = chunks.map((chunk) => {
    const placed = columnChunk(chunk, at);
    at += chunk.sizeBytes;
    return placed;
  });
  return struct([
    [1, list(columns)],
    [2, i64(sum(chunks.map(({ uncompressedBytes }) => uncompressedBytes)))],
    [3, i64(rowCount)],
    [5, i64(offset)],
    [6, i64(at - offset)],
  ]);
}

function columnChunk(chunk: ColumnChunk, offset: number): ThriftValue {
  const { leaf, codec, sizeBytes, uncompressedBytes, dictionaryBytes, entryCount } = chunk;
  const encodings = dictionaryBytes === 0 ? [PLAIN, RLE] : [PLAIN, RLE, RLE_DICTIONARY];
  const metadata = struct([
    [1, i32(leaf.type.physical)],
    [2, list(encodings.map(i32))],
    [3, list(leaf.path.map(text))],
    [4, i32(codec)],
    [5, i64(entryCount)],
    [6, i64(uncompressedBytes)],
    [7, i64(sizeBytes)],
    [9, i64(offset + dictionaryBytes)],
    [11, dictionaryBytes === 0 ? undefined : i64(offset)],
    [12, statistics(chunk)],
  ]);
  return struct([
    [2, i64(offset)],
    [3, metadata],
  ]);
}

/** Smallest and largest are told only where both are short: readers may take them for values that are there. */
function statistics({ leaf, range, nullCount }: ColumnChunk): ThriftValue {
  const min = range && plain(leaf.type, range.min, "lower");
  const max = range && plain(leaf.type, range.max, "upper");
  const isShort =
    min !== undefined && max !== undefined && Math.max(min.length, max.length) <= VALUE_BYTES_MAX;
  if (!isShort) return struct([[3, i64(nullCount)]]);
  return struct([
    [3, i64(nullCount)],
    [5, binary(max)],
    [6, binary(min)],
  ]);
}

/** The PLAIN encoding, texts without their length. */
function plain(type: LeafType, value: LeafValue, side: Side): Uint8Array | undefined {
  // Zeros have a sign here.
  if (type.physical === FLOAT || type.physical === DOUBLE) return type.bound(value, side);
  const sink = byteSink();
  type.put(sink, value);
  return type.physical === BYTE_ARRAY ? bytesOf(sink).subarray(4) : bytesOf(sink);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
