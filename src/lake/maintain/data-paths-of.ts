import { mapBounded } from "../../core/map-bounded.ts";
import { readTableFile, readTableFileIfThere } from "../read-manifests.ts";
import { ALL_METRICS, DELETED, readManifest } from "../spec/manifest.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import type { Store } from "../store/store.ts";
import { READ_CONCURRENCY_MAX } from "./manifests-of.ts";

/**
 * The paths of the files that manifests name.
 *
 * @param options `withDeleted`: also those that a manifest's snapshot took out; `mayBeMissing`: a manifest that is not there names none
 * @throws lake_metadata_invalid where a manifest is missing or damaged
 */
export async function dataPathsOf(
  store: Store,
  manifests: Iterable<ManifestFile>,
  options: { readonly withDeleted: boolean; readonly mayBeMissing: boolean },
): Promise<readonly string[]> {
  const read = options.mayBeMissing ? readTableFileIfThere : readTableFile;
  const paths: string[] = [];
  await mapBounded([...manifests], READ_CONCURRENCY_MAX, async (manifest) => {
    const path = manifest.manifest_path;
    const decode = (bytes: Uint8Array): ReturnType<typeof readManifest> =>
      readManifest(bytes, manifest, ALL_METRICS);
    for (const { status, data_file } of (await read(store, { path, decode })) ?? []) {
      if (options.withDeleted || status !== DELETED) paths.push(data_file.file_path);
    }
  });
  return paths;
}
