import type { Snapshot } from "./types.ts";

/** What a commit adds to a table and takes from it. */
export interface FileChange {
  readonly added: readonly { readonly rows: number; readonly bytes: number; readonly partition: string }[];
  readonly removed?: readonly { readonly rows: number; readonly bytes: number; readonly partition: string }[];
}

const TOTALS_OF_DELETES = ["total-delete-files", "total-position-deletes", "total-equality-deletes"];

/** The standard members of a snapshot summary (spec, "Optional Snapshot Summary Fields"): this change and the totals. */
export function summaryOf(parent: Snapshot | undefined, change: FileChange): Record<string, string> {
  const added = sums(change.added);
  const removed = sums(change.removed ?? []);
  const partitions = new Set([...change.added, ...(change.removed ?? [])].map((file) => file.partition));
  const total = (key: string): number => Number(parent?.summary[key] ?? 0);
  const counts: Record<string, number> = {
    "added-data-files": added.files,
    "added-records": added.rows,
    "added-files-size": added.bytes,
    "deleted-data-files": removed.files,
    "deleted-records": removed.rows,
    "removed-files-size": removed.bytes,
    "changed-partition-count": partitions.size,
  };
  const totals: Record<string, number> = {
    "total-records": total("total-records") + added.rows - removed.rows,
    "total-data-files": total("total-data-files") + added.files - removed.files,
    "total-files-size": total("total-files-size") + added.bytes - removed.bytes,
  };
  for (const key of TOTALS_OF_DELETES) totals[key] = total(key);
  const entries = [...Object.entries(counts).filter(([, count]) => count > 0), ...Object.entries(totals)];
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
