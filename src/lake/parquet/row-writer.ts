import { rm } from "node:fs/promises";
import type { Row } from "../../core/row.ts";
import { lakeError } from "../lake-error.ts";
import type { RefusedRow, RowWriter } from "../lake.ts";
import { instantOf } from "../spec/instant.ts";
import { currentSchema } from "../spec/metadata.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { adoptFiles } from "./adopt-files.ts";
import type { Duckdb } from "./duckdb.ts";
import { lineWriter } from "./line-writer.ts";
import { type DaySpools, daySpools } from "./day-spools.ts";
import { type StoredRows, storeRows } from "./store-rows.ts";

/** Fewer rows leave too little behind to be worth the time. */
const RELEASE_ROW_COUNT = 2_000;

export interface RowWriterTools {
  readonly store: Store;
  readonly duckdb: Duckdb;
  /** A folder that is this writer's alone; it is made when needed and removed at the end. */
  readonly folder: string;
}

/** Collects rows for a table as it is now; see `RowWriter`. */
export function rowWriter(tools: RowWriterTools, metadata: TableMetadata): RowWriter {
  const { folder } = tools;
  const { fields } = currentSchema(metadata);
  const line = lineWriter(fields);
  const refused: RefusedRow[] = [];
  let spools: DaySpools | undefined;
  let rowCount = 0;
  let used = false;
  const add = (row: Row): void => {
    if (used) throw new TypeError("Cannot add a row: the writer is used up");
    rowCount += 1;
    const instant = typeof row.ts === "string" ? instantOf(row.ts) : undefined;
    const reason =
      instant === undefined
        ? `ts must be an instant, got ${JSON.stringify(row.ts) ?? "nothing"}`
        : line.write(row);
    if (instant === undefined || reason !== undefined) {
      refused.push({ row, reason: reason ?? "" });
      return;
    }
    try {
      spools ??= daySpools(folder);
      spools.add(line, instant);
    } catch (error) {
      throw lakeError(error, `write to ${folder}`);
    }
  };
  const close = async (): Promise<void> => {
    used = true;
    try {
      spools?.close();
    } catch {
      // Their content was flushed before, or is not wanted any more.
    }
    spools = undefined;
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  };
  const finish: RowWriter["finish"] = async (signal) => {
    if (used) throw new TypeError("Cannot finish a writer twice");
    used = true;
    try {
      if (spools === undefined) return { files: [], refused };
      const stored: StoredRows[] = [];
      for (const { spool, day, isSorted } of spools.all()) {
        spool.flush();
        stored.push(await storeRows({ duckdb: tools.duckdb, spool, fields, folder, day, isSorted, signal }));
      }
      const written = stored.flatMap((part) => part.files);
      const files = await adoptFiles(tools.store, { metadata, files: written });
      return { files, refused: [...refused, ...stored.flatMap((part) => part.refused)] };
    } catch (error) {
      throw lakeError(error, `write to table folder ${metadata.location}`);
    } finally {
      await close();
      if (rowCount > RELEASE_ROW_COUNT) await tools.duckdb.release();
    }
  };
  return {
    get rowCount() {
      return rowCount;
    },
    add,
    finish,
    abort: close,
  };
}
