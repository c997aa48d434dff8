import type { StructPlace } from "./row-shape.ts";

/** Which rows of a row group have which structs: that is what a null in one of them is told by. */
export interface StructPresence {
  /** @param row counted from 0, never lower than before */
  readonly add: (row: number, place: StructPlace) => void;
  /**
   * The definition level of a null in each struct, by row: that of the innermost one that is there (Parquet format, "Nested
   * Encoding"); undefined for a struct of which it is 0 in all rows.
   */
  readonly nullLevels: (rowCount: number) => readonly (Uint8Array | undefined)[];
}

const COUNT_MIN = 64;

/** @param structs each behind the one it lies in */
export function structPresence(structs: readonly StructPlace[]): StructPresence {
  const marks: (Uint8Array | undefined)[] = structs.map(() => undefined);
  return {
    add: (row, { index, definition }) => {
      const before = marks[index];
      let marked = before ?? new Uint8Array(COUNT_MIN);
      if (row >= marked.length) {
        marked = new Uint8Array(Math.max(row + 1, marked.length * 2));
        if (before !== undefined) marked.set(before);
      }
      if (marked !== before) marks[index] = marked;
      marked[row] = definition;
    },
    nullLevels: (rowCount) => {
      const levels: (Uint8Array | undefined)[] = [];
      for (const { index, parent, definition } of structs) {
        const marked = definition === 0 ? undefined : marks[index];
        levels.push(deepest(marked, parent && levels[parent.index], rowCount));
      }
      return levels;
    },
  };
}

/** A struct stands in rows that have the one around it, and its level is higher. */
function deepest(
  own: Uint8Array | undefined,
  around: Uint8Array | undefined,
  rowCount: number,
): Uint8Array | undefined {
  if (own === undefined) return around;
  const levels = new Uint8Array(rowCount);
  levels.set(own.subarray(0, rowCount));
  if (around !== undefined)
    for (let row = 0; row < rowCount; row += 1) if (levels[row] === 0) levels[row] = around[row] as number;
  return levels;
}
