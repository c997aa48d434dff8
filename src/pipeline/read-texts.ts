import type { LakeTable } from "../lake/lake.ts";

/**
 * Reads one text column of a table together with `ts`, in batches, without reading anything else of it.
 *
 * @param table at the snapshot to read
 * @param options `path` names the column; `fromUs` and `toUs` bound `ts` (microseconds since 1970, both included)
 */
export type ReadTexts = (
  table: LakeTable,
  options: {
    readonly path: readonly string[];
    readonly fromUs: number;
    readonly toUs?: number | undefined;
    /** Only rows of this child account. */
    readonly accountId?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  },
) => AsyncIterable<readonly { readonly tsUs: number; readonly text: string }[]>;
