import { type BufferPool, POOLED_BYTES } from "./buffer-pool.ts";
import { type ByteSink, putBytes, byteSink, bytesOf, putInt32 } from "./byte-sink.ts";
import { bitWidthOf, putHybrid } from "./hybrid.ts";
import type { LeafValue } from "./leaf-type.ts";
import { type Levels, reorder, type Stretch } from "./row-order.ts";
import type { LeafShape } from "./row-shape.ts";
import { type EncodedValues, type LeafValues, leafValues } from "./leaf-values.ts";

/** One leaf column of a row group: its values and the levels that say in which row, list and struct each stands. */
export interface LeafColumn {
  /**
   * Adds an entry.
   *
   * @param row counted from 0, never lower than before; rows that are left out are null
   * @param levels Parquet's repetition and definition level of the entry
   * @param value given exactly where the definition level is the leaf's highest
   */
  readonly add: (row: number, repetition: number, definition: number, value: LeafValue | undefined) => void;
  /** Gives the content of the column's pages. */
  readonly encode: (options: EncodeOptions) => EncodedColumn;
}

export interface EncodeOptions {
  readonly rowCount: number;
  /** How rows move; undefined where they stay. */
  readonly order: readonly Stretch[] | undefined;
  /** The definition level of a row that was left out, by row; undefined where it is 0 for all: null from the top. */
  readonly nullLevels: Uint8Array | undefined;
}

export interface EncodedColumn extends Pick<EncodedValues, "dictionary"> {
  /** One at least; each begins with a row. */
  readonly pages: readonly { readonly content: () => Buffer; readonly entryCount: number }[];
  /** Gives back what memory it can, once every content was made. */
  readonly release: () => void;
  /** Values and nulls together. */
  readonly entryCount: number;
  readonly nullCount: number;
  readonly range: ReturnType<LeafValues["range"]>;
}

/** Readers hold a whole page in memory. */
const PAGE_BYTES_MAX = 1024 * 1024;
const COUNT_MIN = 64;
/** Levels of many equal runs take no more. */
const LEVEL_BYTES = 256;

/** A column that repeats (below a list) has any number of entries in a row, every other one exactly one. */
export function leafColumn(leaf: LeafShape, pool: BufferPool): LeafColumn {
  const { definitionMax, repetitionMax } = leaf;
  const isRepeated = repetitionMax > 0;
  const values = leafValues(leaf.type, pool);
  let definitions: Uint8Array = new Uint8Array(COUNT_MIN);
  let repetitions: Uint8Array = new Uint8Array(isRepeated ? COUNT_MIN : 0);
  let entryCount = 0;
  /** The row that an entry of a repeated column was added for last. */
  let lastRow = -1;

  /** Entries up to here are there; new ones are null from the top. */
  const reach = (count: number): void => {
    if (count > definitions.length) {
      definitions = grown(definitions, count);
      if (isRepeated) repetitions = grown(repetitions, count);
    }
    entryCount = count;
  };
  const fillTo = (row: number): void => {
    reach(isRepeated ? entryCount + Math.max(0, row - lastRow - 1) : row);
    lastRow = row - 1;
  };
  return {
    add: (row, repetition, definition, value) => {
      if (isRepeated) {
        if (row > lastRow + 1) fillTo(row);
        lastRow = row;
        reach(entryCount + 1);
        repetitions[entryCount - 1] = repetition;
      } else reach(row + 1);
      definitions[entryCount - 1] = definition;
      if (value !== undefined) values.add(value);
    },
    encode: ({ rowCount, order, nullLevels }) => {
      fillTo(rowCount);
      if (nullLevels !== undefined && values.count < entryCount)
        levelNulls({ definitions, repetitions, entryCount }, nullLevels);
      const given = { definitions, repetitions, entryCount, definitionMax };
      const moved = order && reorder(given, order);
      const levels = { ...given, ...moved };
      const encoded = values.encode(moved?.values);
      const contentOf = (page: Cut): Buffer => {
        const [from, to] = page.entries;
        const [firstValue, lastValue] = page.values;
        const valueBytes = encoded.sizeBefore(lastValue) - encoded.sizeBefore(firstValue);
        // Room for the values and some bytes of levels; a page of text is copied once then.
        const sink = pageSink(Math.ceil(valueBytes) + LEVEL_BYTES, pool);
        if (isRepeated) putLevels(sink, levels.repetitions.subarray(from, to), repetitionMax);
        putLevels(sink, levels.definitions.subarray(from, to), definitionMax);
        encoded.put(sink, ...page.values);
        return bytesOf(sink);
      };
      const pages = cuts(levels, encoded, values.count).map((page) => ({
        content: () => contentOf(page),
        entryCount: page.entries[1] - page.entries[0],
      }));
      const { dictionary, release = () => {} } = encoded;
      const nullCount = entryCount - values.count;
      return { dictionary, pages, entryCount, nullCount, range: values.range(), release };
    },
  };
}

/** Gives the rows that were left out their level; an entry that was added has one above 0. */
function levelNulls(
  { definitions, repetitions, entryCount }: Omit<Levels, "definitionMax">,
  nullLevels: Uint8Array,
): void {
  const isRepeated = repetitions.length > 0;
  let row = -1;
  for (let at = 0; at < entryCount; at += 1) {
    if (!isRepeated || repetitions[at] === 0) row += 1;
    if (definitions[at] === 0) definitions[at] = nullLevels[row] as number;
  }
}

/** Entries and values of a page: the first one, and the one behind the last. */
interface Cut {
  readonly entries: readonly [number, number];
  readonly values: readonly [number, number];
}

/** Cuts a column into pages that are not much larger than they may be, each before the first entry of a row. */
function cuts(
  { definitions, repetitions, entryCount, definitionMax }: Levels,
  { sizeBefore }: EncodedValues,
  valueCount: number,
): Cut[] {
  // Nearly every column is one page.
  if (sizeBefore(valueCount) < PAGE_BYTES_MAX) return [{ entries: [0, entryCount], values: [0, valueCount] }];
  const pages: Cut[] = [];
  let [entryFrom, valueFrom, valueTo] = [0, 0, 0];
  for (let at = 0; at < entryCount; at += 1) {
    const isRow = repetitions.length === 0 || repetitions[at] === 0;
    if (isRow && sizeBefore(valueTo) - sizeBefore(valueFrom) >= PAGE_BYTES_MAX) {
      pages.push({ entries: [entryFrom, at], values: [valueFrom, valueTo] });
      [entryFrom, valueFrom] = [at, valueTo];
    }
    if (definitions[at] === definitionMax) valueTo += 1;
  }
  pages.push({ entries: [entryFrom, entryCount], values: [valueFrom, valueTo] });
  return pages;
}

function grown(levels: Uint8Array, count: number): Uint8Array {
  const larger = new Uint8Array(Math.max(count, levels.length * 2));
  larger.set(levels);
  return larger;
}

/** Pages of text are nearly all of one size. */
function pageSink(bytes: number, pool: BufferPool): ByteSink {
  const isPooled = bytes > POOLED_BYTES / 2 && bytes <= POOLED_BYTES;
  return isPooled ? { bytes: pool.take(), length: 0 } : byteSink(bytes);
}

/** The length in bytes comes first (Parquet format, data page V1). */
function putLevels(sink: ByteSink, levels: Uint8Array, max: number): void {
  const bytes = byteSink();
  putHybrid(bytes, levels, { count: levels.length, bitWidth: bitWidthOf(max) });
  putInt32(sink, bytes.length);
  putBytes(sink, bytesOf(bytes));
}
