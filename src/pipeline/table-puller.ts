import { DuolakeError, errorText } from "../core/errors.ts";
import type { Stream } from "../duo/tables/table.ts";
import type { Account } from "./account.ts";
import { backfill, type BackfillOptions, type BackfillProgress } from "./backfill.ts";
import { createKnownIdentities } from "./known-identities.ts";
import { type Memory, pullLive, type Run } from "./pull-live.ts";
import type { TableResult } from "./pull-result.ts";
import { type RangeReread, type RangeRereadOptions, rereadDue } from "./reread-range.ts";
import type { TableContext } from "./table-context.ts";

/** Keeps one table of one account up to its stream. */
export interface TablePuller {
  readonly source: string;
  readonly account: Account | undefined;
  readonly table: string;
  readonly resolvedName: string;
  /** The streams that may feed it, in order of preference; at least one. */
  readonly streams: readonly Stream[];
  /**
   * Reads what is new and commits it, rows and cursor in one (docs/spec/pull.md). One call at a time.
   *
   * A failing stream is no rejection: the failure is in the result, whole pages read before it are committed, and the cursor
   * stands where the last commit left it.
   *
   * Never rejects; a pull that was stopped has the error `stopped`. One that was told that it is enough commits the pages that it
   * has, is unfinished, and has no error.
   */
  readonly pull: (signal?: AbortSignal, enough?: AbortSignal) => Promise<TableResult>;
  /** Reads the last day or week again where that is due, behind the pulls; see `rereadDue`. */
  readonly rereadDue: (options: RangeRereadOptions) => Promise<RangeReread | undefined>;
  /** Fetches what lies before the table's start, behind the pulls; see `backfill`. */
  readonly backfill: (options: BackfillOptions) => Promise<BackfillProgress>;
  readonly context: TableContext;
}

const ATTEMPT_COUNT_MAX = 3;

/** Makes the puller of one table; nothing is read before the first pull. */
export function createTablePuller(context: TableContext): TablePuller {
  const { source, account, table, resolvedName, streams, exclusively } = context;
  let memory: Memory | undefined;
  return {
    source,
    account,
    table: table.name,
    resolvedName,
    streams,
    context,
    rereadDue: (options) => rereadDue(context, options),
    backfill: (options) => backfill(context, options),
    pull: (signal, enough) =>
      exclusively(async () => {
        const counts = { fetched: 0, appended: 0, duplicates: 0, rejected: 0 };
        const run: Run = {
          counts,
          gaps: [],
          signal,
          enough,
          isUnfinished: false,
          memory,
          stream: streams[0] as Stream,
        };
        const error = await tryPull(context, run);
        const seen = run.memory;
        // After a failure the identities are not trusted: some may be of rows that were never committed.
        memory =
          error === undefined
            ? seen
            : seen && { ...seen, known: createKnownIdentities(), knownFromMs: Infinity };
        return {
          source,
          account: account?.id,
          table: table.name,
          stream: run.stream.name,
          ...counts,
          gaps: run.gaps,
          watermarkMs: seen && Math.max(seen.standing.cursor.watermarkMs, seen.drainedMs),
          snapshotId: seen?.standing.table.snapshotId,
          rowCount: seen?.standing.table.rowCount,
          skipped: undefined,
          isUnfinished: run.isUnfinished && error === undefined ? true : undefined,
          error,
        };
      }),
  };
}

/** Pulls; where another puller was first, its commit is read and the rest pulled again, within bounds (P2). */
async function tryPull(context: TableContext, run: Run): Promise<TableResult["error"]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pullLive(context, run);
      return undefined;
    } catch (error) {
      const known = error instanceof DuolakeError ? error : undefined;
      if (known?.code !== "cursor_moved" || attempt >= ATTEMPT_COUNT_MAX) {
        return { code: known?.code ?? "internal", message: errorText(error) };
      }
      run.memory = undefined;
    }
  }
}
