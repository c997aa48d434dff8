import type { LakeTable } from "../lake/lake.ts";

/**
 * Reads the identities that a table holds, in batches, without reading anything else of it.
 *
 * @param table at the snapshot to read
 * @param options `path` names the column, `fromUs` and `toUs` bound `ts` (microseconds since 1970, both included)
 */
export type ReadIdentities = (
  table: LakeTable,
  options: {
    readonly path: readonly string[];
    readonly fromUs: number;
    readonly toUs?: number;
    readonly signal?: AbortSignal | undefined;
  },
) => AsyncIterable<readonly { readonly tsUs: number; readonly identity: string }[]>;
