import { readTableFile } from "../read-manifests.ts";
import { DELETED, readManifest } from "../spec/manifest.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import type { Store } from "../store/store.ts";

/**
 * The paths of the files that a manifest names.
 *
 * @param options `withDeleted`: also those that its snapshot took out; `mayBeMissing`: a manifest that is not there names none
 * @throws lake_metadata_invalid where the manifest is missing or damaged
 */
export async function dataPathsOf(
  store: Store,
  manifest: ManifestFile,
  options: { readonly withDeleted: boolean; readonly mayBeMissing: boolean },
): Promise<readonly string[]> {
  const path = manifest.manifest_path;
  if (options.mayBeMissing && !(await store.exists(path))) return [];
  const entries = await readTableFile(store, { path, decode: (bytes) => readManifest(bytes, manifest) });
  return entries
    .filter(({ status }) => options.withDeleted || status !== DELETED)
    .map(({ data_file }) => data_file.file_path);
}
