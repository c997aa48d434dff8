import { findTable } from "../../duo/tables/index.ts";
import type { OpenRowFiles } from "../../lake/parquet/row-files.ts";
import type { Feed } from "../candidates.ts";
import { filesBeside, type NewEvent } from "./files-beside.ts";
import { type Port, startThread } from "./start-thread.ts";
import { type ThreadHost, threadHost } from "./thread-host.ts";

/** A thread on which rows are made and written. */
export interface RowThread {
  /**
   * How a writer of the table is opened there; undefined where the thread does not know the mapping.
   *
   * The thread starts with the first writer that is open and ends with the last one.
   */
  readonly open: (feed: Feed) => OpenRowFiles<NewEvent> | undefined;
}

/** @param start starts the thread */
export function rowThread(start: () => Port = startThread): RowThread {
  let host: ThreadHost | undefined;
  let lastBatch = 0;
  return {
    open: ({ table, stream, account }) => {
      const known = findTable(table.name);
      if (known !== table || !known.streams.includes(stream)) return undefined;
      return ({ folder, fields }) => {
        const batch = (lastBatch += 1);
        if (host === undefined || host.hasEnded()) host = threadHost(start());
        const names = { table: table.name, stream: stream.name, account };
        return filesBeside(host, { kind: "open", batch, ...names, folder, fields });
      };
    },
  };
}
