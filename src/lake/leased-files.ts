import type { DataFile, ReadableTable } from "./lake.ts";
import { lakeError } from "./lake-error.ts";
import { internalsOf } from "./table.ts";

/** Data files under the paths at which DuckDB can open them; the store's paths where they are files of this machine. */
export interface LeasedFiles<File> {
  readonly files: readonly File[];
  /** Call it when the last row was read. Never throws. */
  readonly release: () => Promise<void>;
}

/**
 * Makes data files readable for DuckDB, which opens files of this machine only: those of a remote store are fetched, a few
 * at a time, unless they are there from before.
 *
 * @param files from `LakeTable.files`
 * @throws lake_full, lake_unwritable
 */
export async function leaseFiles<File extends Pick<DataFile, "path">>(
  table: ReadableTable,
  files: readonly File[],
): Promise<LeasedFiles<File>> {
  const { store } = internalsOf(table).tools;
  if (store.lease === undefined) return { files, release: () => Promise.resolve() };
  try {
    const { paths, release } = await store.lease(files.map(({ path }) => path));
    return { files: files.map((file, index) => ({ ...file, path: paths[index] ?? file.path })), release };
  } catch (error) {
    throw lakeError(error, `read table ${table.name}`);
  }
}
