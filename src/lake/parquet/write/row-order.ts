/** Neighbours that stay together: places `from` to before `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Parquet's levels of a column, one for each entry, and what they say about its rows. */
export interface Levels {
  readonly definitions: Uint8Array;
  /** Empty for a column that lies in no list: each row has one entry. */
  readonly repetitions: Uint8Array;
  readonly entryCount: number;
  /** The level of an entry that has a value. */
  readonly definitionMax: number;
}

/** The stretches in which rows move where they are put in order; undefined where all stay. Equal rows keep theirs. */
export function stretchesOf(
  rowCount: number,
  compare: (a: number, b: number) => number,
): readonly Stretch[] | undefined {
  let isSorted = true;
  for (let row = 1; row < rowCount && isSorted; row += 1) isSorted = compare(row - 1, row) <= 0;
  if (isSorted) return undefined;
  const order = Uint32Array.from({ length: rowCount }, (_, row) => row).sort(
    (a, b) => compare(a, b) || a - b,
  );
  const stretches: Stretch[] = [];
  // Rows come nearly in order, so that there are few.
  for (let at = 0; at < rowCount;) {
    const from = order[at] as number;
    let to = from + 1;
    for (at += 1; at < rowCount && order[at] === to; at += 1) to += 1;
    stretches.push({ from, to });
  }
  return stretches;
}

/** Moves the entries of a column as its rows move; `values` is how its values move. */
export function reorder(
  levels: Levels,
  rows: readonly Stretch[],
): Pick<Levels, "definitions" | "repetitions"> & { readonly values: readonly Stretch[] } {
  const { definitions, repetitions } = levels;
  const starts = startsOf(levels);
  const move = (of: readonly Stretch[]): ((from: Uint8Array) => Uint8Array) => {
    return (from) => {
      const to = new Uint8Array(from.length);
      let at = 0;
      for (const stretch of of) {
        to.set(from.subarray(stretch.from, stretch.to), at);
        at += stretch.to - stretch.from;
      }
      return to;
    };
  };
  const entries = rows.map(({ from, to }) => ({ from: starts.entry(from), to: starts.entry(to) }));
  const moved = move(entries);
  return {
    definitions: moved(definitions),
    repetitions: repetitions.length === 0 ? repetitions : moved(repetitions),
    values: rows.map(({ from, to }) => ({ from: starts.value(from), to: starts.value(to) })),
  };
}

/** Where the entries and the values of a row begin. */
function startsOf({ definitions, repetitions, entryCount, definitionMax }: Levels): {
  readonly entry: (row: number) => number;
  readonly value: (row: number) => number;
} {
  const isRepeated = repetitions.length > 0;
  const entryStarts = new Uint32Array(isRepeated ? entryCount + 1 : 0);
  const valueStarts = new Uint32Array(entryCount + 1);
  let row = 0;
  let valueCount = 0;
  for (let at = 0; at < entryCount; at += 1) {
    if (!isRepeated || repetitions[at] === 0) {
      if (isRepeated) entryStarts[row] = at;
      valueStarts[row] = valueCount;
      row += 1;
    }
    if (definitions[at] === definitionMax) valueCount += 1;
  }
  if (isRepeated) entryStarts[row] = entryCount;
  valueStarts[row] = valueCount;
  return {
    entry: (of) => (isRepeated ? (entryStarts[of] as number) : of),
    value: (of) => valueStarts[of] as number,
  };
}
