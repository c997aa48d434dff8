import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { throwIfStopped } from "../../../core/clock.ts";
import type { Row } from "../../../core/row.ts";
import type { Instant } from "../../spec/instant.ts";
import type { NestedField } from "../../spec/types.ts";
import type { WrittenFile } from "../write-parquet.ts";
import { type DayFile, dayFile } from "./day-file.ts";
import { rowLayout } from "./row-layout.ts";
import { rowShape } from "./row-shape.ts";

/** The files of one batch, one for each day of its rows. */
export interface DayFiles {
  /** Adds a row. Gives the reason where it does not fit the columns; then it leaves nothing behind. */
  readonly add: (row: Row, ts: Instant) => string | undefined;
  /** About as much as the rows took before they were compressed. */
  readonly sizeBytes: () => number;
  /** Writes what is left. @throws stopped, and what the disk says */
  readonly finish: (signal: AbortSignal | undefined) => Promise<readonly WrittenFile[]>;
  /** Waits for what is being written and closes the files. Never throws. */
  readonly close: () => Promise<void>;
}

/** Columns take memory for each day; rows of further days wait as they are. */
const DAY_COUNT_MAX = 64;

/** A row that waits for its day's turn. */
interface Waiting {
  readonly row: Row;
  readonly ts: Instant;
}

/** @param folder is made with the first full row group, or at the end */
export function dayFiles(folder: string, fields: readonly NestedField[]): DayFiles {
  const shape = rowShape(fields);
  const layout = rowLayout(shape);
  const files = new Map<number, DayFile>();
  const waiting = new Map<number, Waiting[]>();
  let sizeBytes = 0;
  const open = (day: number): DayFile => {
    const path = join(folder, `${randomUUID()}.parquet`);
    const file = dayFile({ path, day, fields, shape });
    files.set(day, file);
    return file;
  };
  return {
    sizeBytes: () => sizeBytes,
    add: (row, ts) => {
      const reason = layout.lay(row);
      if (reason !== undefined) return reason;
      sizeBytes += layout.sizeBytes;
      const { day } = ts;
      const file = files.get(day) ?? (files.size < DAY_COUNT_MAX ? open(day) : undefined);
      if (file !== undefined) file.add(layout, ts);
      else waitingFor(waiting, day).push({ row, ts });
      return undefined;
    },
    finish: async (signal) => {
      const written: WrittenFile[] = [];
      for (const file of files.values()) {
        throwIfStopped(signal);
        written.push(await file.finish());
      }
      files.clear();
      for (const [day, rows] of waiting) {
        throwIfStopped(signal);
        const file = open(day);
        for (const { row, ts } of rows) {
          layout.lay(row);
          file.add(layout, ts);
        }
        written.push(await file.finish());
        files.clear();
      }
      return written;
    },
    close: async () => {
      for (const file of files.values()) await file.close();
      files.clear();
    },
  };
}

function waitingFor(waiting: Map<number, Waiting[]>, day: number): Waiting[] {
  const found = waiting.get(day) ?? [];
  waiting.set(day, found);
  return found;
}
