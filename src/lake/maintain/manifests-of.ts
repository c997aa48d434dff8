import { mapBounded } from "../../core/map-bounded.ts";
import { readTableFile, readTableFileIfThere } from "../read-manifests.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { readManifestList } from "../spec/manifest-list.ts";
import type { Snapshot } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/** Lists or manifests read side by side; each may wait for a remote store. */
export const READ_CONCURRENCY_MAX = 8;

const UNASKED = new Set(["partitions", "key_metadata"] as const);
const decode = (bytes: Uint8Array): ManifestFile[] => readManifestList(bytes, UNASKED);

/**
 * The manifests of several snapshots, each once, by path; without what they say about partitions.
 *
 * @param options `mayBeMissing`: a list that is not there has no manifests; snapshots that are about to go, or went, may have lost it
 * @throws lake_metadata_invalid where a list is missing or damaged
 */
export async function manifestsOf(
  store: Store,
  snapshots: readonly Snapshot[],
  options: { readonly mayBeMissing: boolean },
): Promise<Map<string, ManifestFile>> {
  const read = options.mayBeMissing ? readTableFileIfThere : readTableFile;
  const manifests = new Map<string, ManifestFile>();
  await mapBounded(snapshots, READ_CONCURRENCY_MAX, async (snapshot) => {
    const lines = await read(store, { path: snapshot["manifest-list"], decode });
    for (const line of lines ?? []) manifests.set(line.manifest_path, line);
  });
  return manifests;
}
