import { errorText, systemCode } from "../core/errors.ts";
import { DuolakeError } from "../core/errors.ts";
import type { ManifestFile } from "./spec/manifest-list.ts";
import { readManifestList } from "./spec/manifest-list.ts";
import { currentSnapshot, invalid } from "./spec/metadata.ts";
import type { TableMetadata } from "./spec/types.ts";
import type { Store } from "./store/store.ts";

/** The manifests of the current snapshot; none while the table is empty. */
export async function currentManifests(
  store: Store,
  metadata: TableMetadata,
): Promise<readonly ManifestFile[]> {
  const snapshot = currentSnapshot(metadata);
  if (snapshot === undefined) return [];
  return readTableFile(store, { path: snapshot["manifest-list"], decode: readManifestList });
}

/** Reads and decodes a file that the table's metadata names; one that is missing or damaged is `lake_metadata_invalid`. */
export async function readTableFile<T>(store: Store, file: TableFile<T>): Promise<T> {
  let bytes: Uint8Array;
  try {
    bytes = await store.read(file.path);
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw invalid(file.path, "the table names it but it is missing", error);
    throw error;
  }
  return decoded(bytes, file);
}

/** The same for a file that may be gone with its snapshot: undefined where it is. */
export async function readTableFileIfThere<T>(store: Store, file: TableFile<T>): Promise<T | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await store.read(file.path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  return decoded(bytes, file);
}

interface TableFile<T> {
  readonly path: string;
  readonly decode: (bytes: Uint8Array) => T;
}

function decoded<T>(bytes: Uint8Array, { path, decode }: TableFile<T>): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof DuolakeError) throw error;
    throw invalid(path, errorText(error), error);
  }
}
