import type { App } from "../app.ts";
import { backfillOne, type BackfillReport } from "../backfill-one.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import type { RangeReread } from "../pipeline/reread-range.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";

/** What went on behind the pulls of a table. */
export type BackgroundEvent = {
  readonly source: string;
  readonly account: string | undefined;
  readonly table: string;
} & (
  | { readonly kind: "reread"; readonly reread: RangeReread }
  | { readonly kind: "backfill"; readonly report: BackfillReport }
  | {
      readonly kind: "failed";
      readonly doing: "reread" | "backfill";
      readonly code: string;
      readonly message: string;
    }
);

/** The work behind the pulls of one table; disposing it waits for its end, which the signal brings about. */
export interface Background extends AsyncDisposable {
  /** Starts what is due, unless it is under way. */
  readonly kick: () => void;
}

/**
 * Makes the background of one table: first what is due to be read again, then the backfill. A failure is told and tried again
 * with the next kick, which a good pull gives.
 */
export function createBackground(
  app: App,
  puller: TablePuller,
  options: {
    readonly signal?: AbortSignal;
    /** Ends the reading softly: what was read by then is kept, and the next kick goes on. */
    readonly enough?: AbortSignal;
    readonly onBackground?: (event: BackgroundEvent) => void;
  },
): Background {
  const { signal, enough, onBackground } = options;
  const isOver = (): boolean => signal?.aborted === true || enough?.aborted === true;
  const { source, account, table } = puller;
  const tell = (event: Pick<BackgroundEvent, "kind"> & Record<string, unknown>): void =>
    onBackground?.({ source, account: account?.id, table, ...event } as BackgroundEvent);
  let isBackfilled = app.config.pull.backfillMs === 0;
  let underWay: Promise<void> | undefined;

  const attempt = async (doing: "reread" | "backfill", work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const code = error instanceof DuolakeError ? error.code : "internal";
      if (code !== "stopped") tell({ kind: "failed", doing, code, message: errorText(error) });
    }
  };
  const work = async (): Promise<void> => {
    await attempt("reread", async () => {
      const reread = await puller.rereadDue({ signal, enough });
      if (reread !== undefined) tell({ kind: "reread", reread });
    });
    if (isBackfilled || isOver()) return;
    await attempt("backfill", async () => {
      const onProgress = (report: BackfillReport): void => tell({ kind: "backfill", report });
      const sinceAgoMs = app.config.pull.backfillMs;
      const last = await backfillOne(app, puller, { sinceAgoMs, onProgress, signal, enough });
      isBackfilled = last === undefined || last.leftMs === 0;
    });
  };
  return {
    kick: () => {
      underWay ??= work().finally(() => {
        underWay = undefined;
      });
    },
    [Symbol.asyncDispose]: async () => {
      await underWay;
    },
  };
}
