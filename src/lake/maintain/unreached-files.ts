import type { Snapshot } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { dataPathsOf } from "./data-paths-of.ts";
import { manifestsOf } from "./manifests-of.ts";
import { nameOf } from "./named-files.ts";

/**
 * The files that no snapshot but those which are to go reaches: data files that are in no manifest that stays, manifests that no other
 * snapshot has, and the manifest lists; in the order in which they can be removed, so that what is left behind by a crash can
 * still be told. What is missing of the snapshots that go is passed over.
 *
 * @param snapshots `removed` are to go; `kept` are all others of the table
 * @throws lake_metadata_invalid where a file of a snapshot that stays is missing or damaged
 */
export async function unreachedFiles(
  store: Store,
  snapshots: { readonly removed: readonly Snapshot[]; readonly kept: readonly Snapshot[] },
): Promise<{ readonly data: readonly string[]; readonly metadata: readonly string[] }> {
  const kept = await manifestsOf(store, snapshots.kept, { mayBeMissing: false });
  const gone = await manifestsOf(store, snapshots.removed, { mayBeMissing: true });
  // By name, for engines spell the folders differently (`file:///lake`, `/lake`); names are unique.
  const keptNames = new Set([...kept.keys()].map(nameOf));
  for (const path of gone.keys()) if (keptNames.has(nameOf(path))) gone.delete(path);
  const data = new Map<string, string>();
  const named = await dataPathsOf(store, gone.values(), { withDeleted: true, mayBeMissing: true });
  for (const path of named) data.set(nameOf(path), path);
  if (data.size > 0) {
    const live = await dataPathsOf(store, kept.values(), { withDeleted: false, mayBeMissing: false });
    for (const path of live) data.delete(nameOf(path));
  }
  const lists = snapshots.removed.map((snapshot) => snapshot["manifest-list"]);
  return { data: [...data.values()], metadata: [...gone.keys(), ...lists] };
}
