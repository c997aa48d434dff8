import { DuolakeError } from "../../core/errors.ts";
import type { Loaded } from "../catalog/catalog.ts";
import type { TableChange } from "../lake.ts";

/**
 * What the table says about a change: `landed` our own commit is in it, `made` the fence says that somebody
 * made it, `open` it can be tried (docs/spec/commit.md, C6).
 *
 * Without a fence only the snapshot id tells; without a snapshot either, the properties themselves do.
 *
 * @param commitment `snapshotId` is that of every attempt; undefined before the first, and where none is made
 * @throws cursor_moved where the fence is at neither end
 */
export function changeState(
  { name, metadata }: Loaded,
  commitment: { readonly change: TableChange; readonly snapshotId: number | undefined },
): "landed" | "made" | "open" {
  const { change, snapshotId } = commitment;
  if (snapshotId !== undefined && metadata.snapshots.some((item) => item["snapshot-id"] === snapshotId)) {
    return "landed";
  }
  if (change.compareAndSet === undefined) {
    const { properties } = metadata;
    const isSet = Object.entries(change.setProperties).every(([key, value]) => properties[key] === value);
    return isSet && !makesSnapshot(change) ? "made" : "open";
  }
  const { key, from, to } = change.compareAndSet;
  const value = metadata.properties[key];
  if (value === from) return "open";
  if (value === to) return "made";
  throw new DuolakeError(
    "cursor_moved",
    `Cannot commit to table ${name}: another writer moved ${key} first, got ${value ?? "no such property"}`,
    { retryable: true },
  );
}

/** True where the change adds or takes out files; a snapshot is made for nothing else. */
export function makesSnapshot({ files = [], removed = [] }: TableChange): boolean {
  return files.length + removed.length > 0;
}
