import { numberProperty } from "../spec/metadata.ts";
import { DELETED, readManifest } from "../spec/manifest.ts";
import { readManifestList } from "../spec/manifest-list.ts";
import { ENGINE_KEY, ENGINE_NAME } from "../spec/summary.ts";
import type { Snapshot, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/**
 * How many snapshots more than the maximum make it worth removing some. Each stands in every metadata file that is kept, and has a
 * manifest with the table's whole schema in it: about 35 kB for `auth`.
 */
const SURPLUS_COUNT_MIN = 25;
/** How many data files go after one commit, unless a single snapshot removed more. */
const DATA_FILE_COUNT_MAX = 512;
/** Whoever reads an earlier snapshot has this long for it, however fast commits follow each other. */
const READER_MS_MIN = 3_600_000;

/** Snapshots that a commit takes out of the history, and the oldest that stays. */
export interface ExpiredHistory {
  readonly removed: readonly Snapshot[];
  readonly oldestKept: Snapshot;
  /** The table's folder; nothing outside it is deleted. */
  readonly location: string;
}

/**
 * The oldest snapshots of a table that has more than `duolake.snapshots-max`, or undefined.
 *
 * Every commit writes the whole history anew, so without a bound commits would become slower for ever where
 * nobody maintains the table. Taken are snapshots from the beginning of the history up to the first change that is
 * neither an append nor ours. Tables whose history is not one line to the current snapshot (another engine rolled it
 * back), that have branches or tags, or `gc.enabled=false`, are left to their owner. Data files that were taken out less than an
 * hour ago stay, and the snapshots before with them.
 *
 * @param nowMs ms since 1970
 */
export function expiredHistory(metadata: TableMetadata, nowMs: number): ExpiredHistory | undefined {
  const { snapshots, properties, refs, location } = metadata;
  const max = numberProperty(properties, { key: "duolake.snapshots-max", fallback: 400 });
  if (snapshots.length < max + SURPLUS_COUNT_MIN) return undefined;
  if (properties["gc.enabled"] === "false" || Object.keys(refs).some((name) => name !== "main")) {
    return undefined;
  }
  if (!isOneLine(metadata)) return undefined;
  let count = 0;
  let fileCount = 0;
  while (count < snapshots.length - max) {
    const next = snapshots[count + 1];
    const removed = removedFileCount(next);
    if (removed === undefined || (count > 0 && fileCount + removed > DATA_FILE_COUNT_MAX)) break;
    if (removed > 0 && nowMs - (next?.["timestamp-ms"] ?? 0) < READER_MS_MIN) break;
    fileCount += removed;
    count += 1;
  }
  const oldestKept = snapshots[count];
  return count === 0 || oldestKept === undefined
    ? undefined
    : { removed: snapshots.slice(0, count), oldestKept, location };
}

/** True where each snapshot follows the one before it and the last is the current one. */
function isOneLine(metadata: TableMetadata): boolean {
  const { snapshots } = metadata;
  return (
    snapshots.at(-1)?.["snapshot-id"] === metadata["current-snapshot-id"] &&
    snapshots.every(
      (snapshot, index) =>
        index === 0 || snapshot["parent-snapshot-id"] === snapshots[index - 1]?.["snapshot-id"],
    )
  );
}

/** How many data files a snapshot took out; undefined where another engine may have, and only it knows what else it did. */
function removedFileCount(snapshot: Snapshot | undefined): number | undefined {
  if (snapshot === undefined) return undefined;
  if (snapshot.summary["operation"] === "append") return 0;
  if (snapshot.summary[ENGINE_KEY] !== ENGINE_NAME) return undefined;
  return Number(snapshot.summary["deleted-data-files"] ?? 0);
}

/**
 * Removes what only snapshots that are gone reach: the data files that were taken out up to the oldest snapshot that
 * stays, manifests that it does not have, and the manifest lists. Only after the commit. Best effort and never throws:
 * what stays is an orphan.
 */
export async function removeExpired(store: Store, expired: ExpiredHistory): Promise<void> {
  const { removed, oldestKept } = expired;
  try {
    // Data files first: the manifests say which.
    for (const snapshot of [...removed.slice(1), oldestKept]) {
      for (const path of await takenOutBy(store, snapshot)) {
        if (path.startsWith(`${expired.location}/`)) await store.remove(path);
      }
    }
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

/** The data files that a snapshot took out. History is one line, so no later snapshot has them. */
async function takenOutBy(store: Store, snapshot: Snapshot): Promise<readonly string[]> {
  if (snapshot.summary["operation"] === "append") return [];
  const paths: string[] = [];
  const id = snapshot["snapshot-id"];
  for (const line of readManifestList(await store.read(snapshot["manifest-list"]))) {
    if (line.added_snapshot_id !== id || line.deleted_files_count === 0) continue;
    for (const entry of readManifest(await store.read(line.manifest_path), line)) {
      if (entry.status === DELETED && entry.snapshot_id === id) paths.push(entry.data_file.file_path);
    }
  }
  return paths;
}

async function manifestsOf(store: Store, snapshot: Snapshot): Promise<string[]> {
  const lines = readManifestList(await store.read(snapshot["manifest-list"]));
  return lines.map((line) => line.manifest_path);
}
