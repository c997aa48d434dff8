import { mapBounded } from "../../core/map-bounded.ts";
import { readTableFile } from "../read-manifests.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { readManifestList } from "../spec/manifest-list.ts";
import type { Snapshot } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/** Lists read side by side; each may wait for a remote store. */
const READ_CONCURRENCY_MAX = 8;

/**
 * The manifests of several snapshots, each once, by path.
 *
 * @param options `mayBeMissing`: a list that is not there has no manifests; snapshots that are about to go, or went, may have lost it
 * @throws lake_metadata_invalid where a list is missing or damaged
 */
export async function manifestsOf(
  store: Store,
  snapshots: readonly Snapshot[],
  options: { readonly mayBeMissing: boolean },
): Promise<Map<string, ManifestFile>> {
  const manifests = new Map<string, ManifestFile>();
  await mapBounded(snapshots, READ_CONCURRENCY_MAX, async (snapshot) => {
    const path = snapshot["manifest-list"];
    if (options.mayBeMissing && !(await store.exists(path))) return;
    const lines = await readTableFile(store, { path, decode: readManifestList });
    for (const line of lines) manifests.set(line.manifest_path, line);
  });
  return manifests;
}
