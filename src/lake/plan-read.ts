import type { DataFile, ReadableTable, TsRange } from "./lake.ts";
import { lakeError } from "./lake-error.ts";
import { currentManifests } from "./read-manifests.ts";
import type { PlannedFile } from "./scan.ts";
import { filesIn, unsupported } from "./scan.ts";
import { hasLiveFiles } from "./spec/manifest-list.ts";
import { internalsOf } from "./table.ts";

/** A data file to be read. */
export interface FileToRead extends DataFile {
  /** Its name in the table, by which deletes mean it; `path` may be changed to where a copy of it is. */
  readonly tablePath: string;
  readonly sequenceNumber: number;
  /** The day of UTC that all of its rows are of, in days since 1970; undefined where the manifest does not say. */
  readonly day?: number | undefined;
}

/** A Parquet file that names rows another engine deleted: columns `file_path` and `pos` (spec, "Position Delete Files"). */
export interface PositionDeletes {
  readonly path: string;
  /** It is meant for data files up to this number: others of the name came later. */
  readonly sequenceNumber: number;
}

/** What to open, and what of it is deleted. */
export interface ReadPlan {
  readonly files: readonly FileToRead[];
  readonly deletes: readonly PositionDeletes[];
}

/**
 * Plans a read as `LakeTable.files` does, of a table also in which another engine deleted rows by their position.
 *
 * @throws lake_format_unsupported for equality deletes and deletion vectors, lake_metadata_invalid, lake_unwritable
 */
export async function planRead(table: ReadableTable, range: TsRange): Promise<ReadPlan> {
  const { tools, loaded } = internalsOf(table);
  const { metadata, name } = loaded;
  try {
    const manifests = (await currentManifests(tools.store, metadata)).filter(hasLiveFiles);
    const planned = await filesIn(tools, { metadata, manifests, range });
    const isData = ({ content }: PlannedFile): boolean => content === 0;
    const deletes = planned.filter((file) => !isData(file));
    for (const { content, format } of deletes) {
      if (content !== 1) throw unsupported(name, "another engine deleted rows by their values");
      if (format.toUpperCase() !== "PARQUET") {
        throw unsupported(name, `another engine wrote deletes of the format ${format}`);
      }
    }
    return { files: planned.filter(isData).map((file) => ({ ...file, tablePath: file.path })), deletes };
  } catch (error) {
    throw lakeError(error, `plan table ${name}`);
  }
}
