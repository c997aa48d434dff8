import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { throwIfStopped } from "../../core/clock.ts";
import type { Row } from "../../core/row.ts";
import { lakeError } from "../lake-error.ts";
import type { RefusedRow, RowWriter } from "../lake.ts";
import { type Instant, instantOf } from "../spec/instant.ts";
import { currentSchema } from "../spec/metadata.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { adoptFiles } from "./adopt-files.ts";
import { dayFile, type DayFile } from "./write/day-file.ts";
import { rowLayout } from "./write/row-layout.ts";
import { rowShape } from "./write/row-shape.ts";
import type { WrittenFile } from "./write-parquet.ts";

/** Columns take memory for each day; rows of further days wait as they are. */
const DAY_COUNT_MAX = 64;

export interface RowWriterTools {
  readonly store: Store;
  /** A folder that is this writer's alone; it is made when needed and removed at the end. */
  readonly folder: string;
}

/** A row that waits for its day's turn. */
interface Waiting {
  readonly row: Row;
  readonly ts: Instant;
}

/** Collects rows for a table as it is now; see `RowWriter`. */
export function rowWriter(tools: RowWriterTools, metadata: TableMetadata): RowWriter {
  const { folder } = tools;
  const { fields } = currentSchema(metadata);
  const shape = rowShape(fields);
  const layout = rowLayout(shape);
  const refused: RefusedRow[] = [];
  const files = new Map<number, DayFile>();
  const waiting = new Map<number, Waiting[]>();
  let rowCount = 0;
  let sizeBytes = 0;
  let used = false;

  const newFile = (day: number): DayFile =>
    dayFile({ path: join(folder, `${randomUUID()}.parquet`), day, fields, leaves: shape.leaves });
  const add = (row: Row): void => {
    if (used) throw new TypeError("Cannot add a row: the writer is used up");
    rowCount += 1;
    const ts = typeof row.ts === "string" ? instantOf(row.ts) : undefined;
    const reason =
      ts === undefined
        ? `ts must be an instant, got ${JSON.stringify(row.ts) ?? "nothing"}`
        : layout.lay(row);
    if (ts === undefined || reason !== undefined) {
      refused.push({ row, reason: reason ?? "" });
      return;
    }
    sizeBytes += layout.sizeBytes;
    const { day } = ts;
    let file = files.get(day);
    if (file === undefined && files.size === DAY_COUNT_MAX) {
      const others = waiting.get(day) ?? [];
      others.push({ row, ts });
      waiting.set(day, others);
      return;
    }
    if (file === undefined) {
      file = newFile(day);
      files.set(day, file);
    }
    file.add(layout, ts);
  };
  const writeWaiting = async (day: number, rows: readonly Waiting[]): Promise<WrittenFile> => {
    const file = newFile(day);
    files.set(day, file);
    for (const { row, ts } of rows) {
      layout.lay(row);
      file.add(layout, ts);
    }
    return file.finish();
  };
  const close = async (): Promise<void> => {
    used = true;
    for (const file of files.values()) await file.close();
    files.clear();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  };
  const finish: RowWriter["finish"] = async (signal) => {
    if (used) throw new TypeError("Cannot finish a writer twice");
    used = true;
    try {
      const written: WrittenFile[] = [];
      for (const file of files.values()) {
        throwIfStopped(signal);
        written.push(await file.finish());
      }
      files.clear();
      for (const [day, rows] of waiting) {
        throwIfStopped(signal);
        written.push(await writeWaiting(day, rows));
        files.clear();
      }
      return { files: await adoptFiles(tools.store, { metadata, files: written }), refused };
    } catch (error) {
      throw lakeError(error, `write to table folder ${metadata.location}`);
    } finally {
      await close();
    }
  };
  return {
    get rowCount() {
      return rowCount;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    add,
    finish,
    abort: close,
  };
}
