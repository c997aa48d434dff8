import type { Snapshot } from "./types.ts";

/** What a commit adds to a table and takes from it. */
export interface FileChange {
  readonly added: readonly { readonly rows: number; readonly bytes: number; readonly partition: string }[];
  readonly removed?: readonly { readonly rows: number; readonly bytes: number; readonly partition: string }[];
}

/** The member of a summary that names the program which made the snapshot, as other engines write it, and our name. */
export const ENGINE_KEY = "engine-name";
export const ENGINE_NAME = "duolake";

const TOTALS_OF_DELETES = ["total-delete-files", "total-position-deletes", "total-equality-deletes"];

/**
 * The standard members of a snapshot summary (spec, "Optional Snapshot Summary Fields"): this change and the totals.
 * A total that the parent left out stays out: counted on from nothing it would be wrong, and readers believe it.
 */
export function summaryOf(parent: Snapshot | undefined, change: FileChange): Record<string, string> {
  const added = sums(change.added);
  const removed = sums(change.removed ?? []);
  const partitions = new Set([...change.added, ...(change.removed ?? [])].map((file) => file.partition));
  const counts: Record<string, number> = {
    "added-data-files": added.files,
    "added-records": added.rows,
    "added-files-size": added.bytes,
    "deleted-data-files": removed.files,
    "deleted-records": removed.rows,
    "removed-files-size": removed.bytes,
    "changed-partition-count": partitions.size,
  };
  const changes: Record<string, number> = {
    "total-records": added.rows - removed.rows,
    "total-data-files": added.files - removed.files,
    "total-files-size": added.bytes - removed.bytes,
    ...Object.fromEntries(TOTALS_OF_DELETES.map((key) => [key, 0])),
  };
  const totals = Object.entries(changes)
    .map(([key, by]) => [key, Number(parent === undefined ? 0 : parent.summary[key]) + by] as const)
    .filter(([, total]) => total >= 0);
  const entries = [...Object.entries(counts).filter(([, count]) => count > 0), ...totals];
  return Object.fromEntries(entries.map(([key, count]) => [key, String(count)]));
}

function sums(files: FileChange["added"]): { files: number; rows: number; bytes: number } {
  let rows = 0;
  let bytes = 0;
  for (const file of files) {
    rows += file.rows;
    bytes += file.bytes;
  }
  return { files: files.length, rows, bytes };
}
