import type { Row } from "../../core/row.ts";
import type { RefusedRow } from "../lake.ts";
import { instantOf } from "../spec/instant.ts";
import type { NestedField } from "../spec/types.ts";
import { dayFiles } from "./write/day-files.ts";
import type { WrittenFile } from "./write-parquet.ts";

/** Turns what it is given into Parquet files, column by column; full row groups go to disk while the next ones fill. */
export interface RowFiles<T> {
  /** Adds one row. One that does not fit the columns leaves nothing behind; `finish` gives it back. */
  readonly add: (row: T) => void;
  /** About as much as the rows took before they were compressed. */
  readonly sizeBytes: () => number;
  /** Waits while too much of what was added is not taken apart yet. */
  readonly ready: () => Promise<void>;
  /** Writes what is left, one file for each day. @throws stopped, and what the disk says */
  readonly finish: (signal: AbortSignal | undefined) => Promise<WrittenRows>;
  /** Waits for what is being written and closes the files. Never throws. */
  readonly close: () => Promise<void>;
}

/** Files that no table has yet, and the rows that are in none. */
export interface WrittenRows {
  readonly files: readonly WrittenFile[];
  readonly refused: readonly RefusedRow[];
}

export interface RowFilesOptions {
  /** Is made when it is needed. */
  readonly folder: string;
  /** The columns, with their ids. */
  readonly fields: readonly NestedField[];
}

/** Starts the files of one batch. */
export type OpenRowFiles<T> = (options: RowFilesOptions) => RowFiles<T>;

/** Makes files of rows on this thread. */
export function rowFiles({ folder, fields }: RowFilesOptions): RowFiles<Row> {
  const days = dayFiles(folder, fields);
  const refused: RefusedRow[] = [];
  return {
    add: (row) => {
      const ts = typeof row.ts === "string" ? instantOf(row.ts) : undefined;
      const reason =
        ts === undefined
          ? `ts must be an instant, got ${JSON.stringify(row.ts) ?? "nothing"}`
          : days.add(row, ts);
      if (reason !== undefined) refused.push({ row, reason });
    },
    sizeBytes: days.sizeBytes,
    ready: () => Promise.resolve(),
    finish: async (signal) => ({ files: await days.finish(signal), refused }),
    close: days.close,
  };
}
