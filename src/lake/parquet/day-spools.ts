import { join } from "node:path";
import { dayText, type Instant } from "../spec/instant.ts";
import type { Line } from "./line-writer.ts";
import { openSpool, type SpoolWriter } from "./spool.ts";

/** A spool and what is known of its rows. */
export interface DaySpool {
  readonly spool: SpoolWriter;
  /** The day of all its rows, since 1970; undefined where they are of several. */
  readonly day: number | undefined;
  /** True while each row's `ts` is not before that of the row added before it. */
  readonly isSorted: boolean;
}

/** Spools for the rows of one batch, one for each day. */
export interface DaySpools {
  readonly add: (line: Line, ts: Instant) => void;
  readonly all: () => readonly DaySpool[];
  /** Closes the files; what was flushed before can still be read. */
  readonly close: () => void;
}

/** Each spool has a file open and a buffer; rows of further days share one more. */
const DAY_COUNT_MAX = 64;

interface Entry {
  readonly spool: SpoolWriter;
  readonly day: number | undefined;
  isSorted: boolean;
  last: Instant;
}

/**
 * Makes the spools of a batch in a folder of its own.
 *
 * Rows come from Duo in the order of time. Split by day here, a file needs neither sorting nor partitioning by DuckDB, which
 * would be half of the cost of writing it.
 */
export function daySpools(folder: string): DaySpools {
  const entries = new Map<number | undefined, Entry>();
  return {
    add: (line, ts) => {
      const day = entries.has(ts.day) || entries.size < DAY_COUNT_MAX ? ts.day : undefined;
      let entry = entries.get(day);
      if (entry === undefined) {
        const name = day === undefined ? "several-days" : dayText(day);
        entry = { spool: openSpool(join(folder, name)), day, isSorted: true, last: ts };
        entries.set(day, entry);
      }
      entry.spool.add(line);
      entry.isSorted &&= !isBefore(ts, entry.last);
      entry.last = ts;
    },
    all: () => [...entries.values()],
    close: () => {
      for (const { spool } of entries.values()) spool.close();
    },
  };
}

function isBefore(a: Instant, b: Instant): boolean {
  return a.day < b.day || (a.day === b.day && a.usOfDay < b.usOfDay);
}
