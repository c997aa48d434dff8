import { sharedBufferPool } from "./buffer-pool.ts";
import { type EncodedChunk, encodeChunk } from "./column-chunk.ts";
import { type LeafColumn, leafColumn } from "./leaf-column.ts";
import type { RowLayout } from "./row-layout.ts";
import { stretchesOf } from "./row-order.ts";
import type { LeafShape, RowShape, StructPlace } from "./row-shape.ts";
import { structPresence } from "./struct-presence.ts";
import type { Instant } from "../../spec/instant.ts";

/** Rows of one file that are still being collected. */
export interface RowGroup {
  readonly rowCount: number;
  /** About as much memory as its values take. */
  readonly sizeBytes: number;
  /** `ts` of the first and of the last row in order; undefined while there is none. */
  readonly span: () => { readonly from: Instant; readonly to: Instant } | undefined;
  /** Adds the row that was laid out last. */
  readonly add: (layout: RowLayout, ts: Instant) => void;
  /** Encodes the rows in the order of `ts`; those of one instant stay in the order in which they came. */
  readonly encode: () => Promise<readonly EncodedChunk[]>;
}

/** @param shape of the file's rows */
export function rowGroup({ leaves, structs }: Pick<RowShape, "leaves" | "structs">): RowGroup {
  // Made when its first value comes: of many columns a log source has no value in a day.
  const columns: (LeafColumn | undefined)[] = leaves.map(() => undefined);
  const presence = structPresence(structs);
  const pool = sharedBufferPool();
  const instants: Instant[] = [];
  let sizeBytes = 0;
  return {
    get rowCount() {
      return instants.length;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    span: () => spanOf(instants),
    add: (layout, ts) => {
      const row = instants.length;
      const { count, leaves: laid, repetitions, definitions, values } = layout;
      for (let i = 0; i < count; i += 1) {
        const leaf = laid[i] as LeafShape;
        const column = (columns[leaf.index] ??= leafColumn(leaf, pool));
        column.add(row, repetitions[i] as number, definitions[i] as number, values[i]);
      }
      for (let i = 0; i < layout.structCount; i += 1) presence.add(row, layout.structs[i] as StructPlace);
      instants.push(ts);
      sizeBytes += layout.sizeBytes;
    },
    encode: () => {
      const at = (row: number): Instant => instants[row] as Instant;
      const order = stretchesOf(instants.length, (a, b) => compareInstants(at(a), at(b)));
      const rowCount = instants.length;
      const nullLevels = presence.nullLevels(rowCount);
      return Promise.all(
        leaves.map((leaf) =>
          encodeChunk(leaf, columns[leaf.index], {
            rowCount,
            order,
            pool,
            nullLevels: nullLevels[leaf.owner.index],
          }),
        ),
      );
    },
  };
}

export function compareInstants(a: Instant, b: Instant): number {
  return a.day - b.day || a.usOfDay - b.usOfDay;
}

function spanOf(instants: readonly Instant[]): { readonly from: Instant; readonly to: Instant } | undefined {
  let [from] = instants;
  let to = from;
  for (const instant of instants) {
    if (compareInstants(instant, from as Instant) < 0) from = instant;
    if (compareInstants(instant, to as Instant) > 0) to = instant;
  }
  return from === undefined || to === undefined ? undefined : { from, to };
}
