import type { LakeTable, RowWriter } from "../lake/lake.ts";
import type { RowThread } from "./beside/row-thread.ts";
import type { Candidate, Feed } from "./candidates.ts";

/** The rows of a batch on their way into files. */
export interface BatchRows extends Omit<RowWriter, "add"> {
  /** Adds an event of which a row can be made. */
  readonly add: (candidate: Candidate, fetchedAtMs: number) => void;
}

/** Starting a thread costs what some hundred rows cost. */
const BESIDE_EVENT_COUNT_MIN = 1_000;

/**
 * Opens the writer of a batch: on this thread, or beside it where there is one to spare and a page says that many events come.
 *
 * @param pageEventCount of the page that the batch begins with
 */
export function batchRows(
  {
    table,
    feed,
    thread,
  }: {
    readonly table: LakeTable;
    readonly feed: Feed;
    readonly thread: RowThread | undefined;
  },
  pageEventCount: number,
): BatchRows {
  const open = pageEventCount >= BESIDE_EVENT_COUNT_MIN ? thread?.open(feed) : undefined;
  if (open === undefined) {
    const writer = table.writer();
    return withAdd(writer, ({ row }) => {
      if (row !== undefined) writer.add(row);
    });
  }
  const writer = table.writer(open);
  return withAdd(writer, ({ original, hash }, fetchedAtMs) => writer.add({ original, hash, fetchedAtMs }));
}

function withAdd<T>(writer: RowWriter<T>, add: BatchRows["add"]): BatchRows {
  return {
    get rowCount() {
      return writer.rowCount;
    },
    get sizeBytes() {
      return writer.sizeBytes;
    },
    add,
    ready: writer.ready,
    finish: writer.finish,
    abort: writer.abort,
  };
}
