import type { TableChange } from "../lake.ts";

/**
 * Refuses a change that no snapshot can tell truly: the words are the Iceberg spec's ("Snapshots", `operation`).
 *
 * @throws RangeError, a mistake of the caller's
 */
export function checkChange(change: TableChange): void {
  const { files = [], removed = [], operation = "append", compareAndSet } = change;
  if (operation === "append") {
    if (removed.length > 0) throw mistake("append takes no file out", `${removed.length} removed`);
    // A repeated append would store its rows twice; only the fence tells (design P2).
    if (files.length > 0 && compareAndSet === undefined) throw mistake("append needs compareAndSet", "none");
    return;
  }
  if (removed.length === 0) throw mistake(`${operation} takes files out`, "none");
  const pathCount = new Set(removed.map(({ path }) => path)).size;
  if (pathCount < removed.length)
    throw mistake("a file is taken out once", `${removed.length} of ${pathCount}`);
  const before = rowCountOf(removed);
  const after = rowCountOf(files);
  if (operation === "replace" && before !== after) {
    throw mistake("replace keeps every row", `${after} for ${before}`);
  }
}

function rowCountOf(files: readonly { readonly rowCount: number }[]): number {
  let rowCount = 0;
  for (const file of files) rowCount += file.rowCount;
  return rowCount;
}

function mistake(rule: string, got: string): RangeError {
  return new RangeError(`Cannot commit the change: ${rule}, got ${got}`);
}
