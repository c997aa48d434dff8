import { rm } from "node:fs/promises";
import { lakeError } from "../lake-error.ts";
import type { RefusedRow, RowWriter } from "../lake.ts";
import { instantOf } from "../spec/instant.ts";
import { currentSchema } from "../spec/metadata.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { adoptFiles } from "./adopt-files.ts";
import { dayFiles } from "./write/day-files.ts";

export interface RowWriterTools {
  readonly store: Store;
  /** A folder that is this writer's alone; it is made when needed and removed at the end. */
  readonly folder: string;
}

/** Collects rows for a table as it is now; see `RowWriter`. */
export function rowWriter({ store, folder }: RowWriterTools, metadata: TableMetadata): RowWriter {
  const days = dayFiles(folder, currentSchema(metadata).fields);
  const refused: RefusedRow[] = [];
  let rowCount = 0;
  let used = false;
  const close = async (): Promise<void> => {
    used = true;
    await days.close();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  };
  return {
    get rowCount() {
      return rowCount;
    },
    get sizeBytes() {
      return days.sizeBytes();
    },
    add: (row) => {
      if (used) throw new TypeError("Cannot add a row: the writer is used up");
      rowCount += 1;
      const ts = typeof row.ts === "string" ? instantOf(row.ts) : undefined;
      const reason =
        ts === undefined
          ? `ts must be an instant, got ${JSON.stringify(row.ts) ?? "nothing"}`
          : days.add(row, ts);
      if (reason !== undefined) refused.push({ row, reason });
    },
    finish: async (signal) => {
      if (used) throw new TypeError("Cannot finish a writer twice");
      used = true;
      try {
        const files = await adoptFiles(store, { metadata, files: await days.finish(signal) });
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
