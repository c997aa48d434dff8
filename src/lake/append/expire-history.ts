import { numberProperty } from "../spec/metadata.ts";
import { readManifestList } from "../spec/manifest-list.ts";
import type { Snapshot, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/** How many snapshots more than the maximum make it worth removing some. */
const SURPLUS_COUNT_MIN = 100;

/** Snapshots that a commit takes out of the history, and the oldest that stays. */
export interface ExpiredHistory {
  readonly removed: readonly Snapshot[];
  readonly oldestKept: Snapshot;
}

/**
 * The oldest snapshots of a table that has more than `duolake.snapshots-max`, or undefined.
 *
 * Every commit writes the whole history anew, so without a bound commits would become slower for ever where
 * nobody maintains the table. Taken are only plain appends at the beginning of one unbroken line: no data file can be
 * reachable from those alone, so none is ever deleted here. Tables with branches or tags, or with
 * `gc.enabled=false`, are left to their owner.
 */
export function expiredHistory(metadata: TableMetadata): ExpiredHistory | undefined {
  const { snapshots, properties, refs } = metadata;
  const max = numberProperty(properties, { key: "duolake.snapshots-max", fallback: 1_000 });
  if (snapshots.length < max + SURPLUS_COUNT_MIN) return undefined;
  if (properties["gc.enabled"] === "false" || Object.keys(refs).some((name) => name !== "main")) {
    return undefined;
  }
  let count = 0;
  while (count < snapshots.length - max && follows(snapshots[count], snapshots[count + 1])) count += 1;
  const oldestKept = snapshots[count];
  return count === 0 || oldestKept === undefined
    ? undefined
    : { removed: snapshots.slice(0, count), oldestKept };
}

/** True where `next` is `snapshot` with files added and nothing else. */
function follows(snapshot: Snapshot | undefined, next: Snapshot | undefined): boolean {
  return (
    snapshot !== undefined &&
    next?.["parent-snapshot-id"] === snapshot["snapshot-id"] &&
    next.summary["operation"] === "append"
  );
}

/**
 * Removes the manifest lists of the snapshots that are gone, and the manifests that merging had replaced by the
 * oldest one that stays. Only after the commit. Best effort and never throws: what stays is an orphan.
 */
export async function removeExpired(store: Store, { removed, oldestKept }: ExpiredHistory): Promise<void> {
  try {
    const kept = new Set(await manifestsOf(store, oldestKept));
    for (const snapshot of removed) {
      for (const path of await manifestsOf(store, snapshot)) {
        if (kept.has(path)) continue;
        kept.add(path);
        await store.remove(path);
      }
      await store.remove(snapshot["manifest-list"]);
    }
  } catch {
    // A list that is missing or damaged: without it nobody can say what may go.
  }
}

async function manifestsOf(store: Store, snapshot: Snapshot): Promise<string[]> {
  const lines = readManifestList(await store.read(snapshot["manifest-list"]));
  return lines.map((line) => line.manifest_path);
}
