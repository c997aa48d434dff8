import { rm } from "node:fs/promises";
import { lakeError } from "../lake-error.ts";
import type { RowWriter } from "../lake.ts";
import { currentSchema } from "../spec/metadata.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { adoptFiles } from "./adopt-files.ts";
import type { OpenRowFiles } from "./row-files.ts";

export interface RowWriterTools<T> {
  readonly store: Store;
  /** A folder that is this writer's alone; it is made when needed and removed at the end. */
  readonly folder: string;
  /** Makes the files. */
  readonly open: OpenRowFiles<T>;
}

/** Collects rows for a table as it is now; see `RowWriter`. */
export function rowWriter<T>(
  { store, folder, open }: RowWriterTools<T>,
  metadata: TableMetadata,
): RowWriter<T> {
  const rows = open({ folder, fields: currentSchema(metadata).fields });
  let rowCount = 0;
  let used = false;
  const close = async (): Promise<void> => {
    used = true;
    await rows.close();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  };
  return {
    get rowCount() {
      return rowCount;
    },
    get sizeBytes() {
      return rows.sizeBytes();
    },
    add: (row) => {
      if (used) throw new TypeError("Cannot add a row: the writer is used up");
      rowCount += 1;
      rows.add(row);
    },
    ready: rows.ready,
    finish: async (signal) => {
      if (used) throw new TypeError("Cannot finish a writer twice");
      used = true;
      try {
        const { files: written, refused } = await rows.finish(signal);
        const files = await adoptFiles(store, { metadata, files: written });
        return { files, refused };
      } catch (error) {
        throw lakeError(error, `write to table folder ${metadata.location}`);
      } finally {
        await close();
      }
    },
    abort: close,
  };
}
