import type { App } from "../app.ts";
import type { ErrorCode } from "../core/errors.ts";
import { type BackgroundEvent, createBackground } from "../daemon/background.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import type { PullFailure } from "./pull-verdict.ts";

/** What went on behind the pulls of one table. */
export interface BehindOutcome {
  readonly failures: readonly PullFailure[];
  readonly appended: number;
  /** Something is left for the next visit. */
  readonly isLeft: boolean;
}

/** Re-reads and backfills behind the pulls, over all invocations of a container. */
export interface PullBehind {
  /** Goes on with one table until nothing is left or it is enough. */
  readonly goOn: (app: App, puller: TablePuller, enough: AbortSignal) => Promise<BehindOutcome>;
}

/** A day that is over is read again within the hour; looking whether it is costs requests. */
const LOOK_INTERVAL_MS = 3_600_000;
const NOTHING: BehindOutcome = { failures: [], appended: 0, isLeft: false };

/**
 * Makes what works behind the pulls. It remembers, as long as the container lives, which tables have nothing left: another
 * container finds that out with its first look.
 *
 * @param onBackground hears of re-reads, backfills and their failures
 */
export function createPullBehind(onBackground: (event: BackgroundEvent) => void): PullBehind {
  const doneMs = new WeakMap<TablePuller, number>();
  return {
    goOn: async (app, puller, enough) => {
      const nowMs = app.clock.nowMs();
      if (Math.abs(nowMs - (doneMs.get(puller) ?? -Infinity)) < LOOK_INTERVAL_MS) return NOTHING;
      if (enough.aborted) return { ...NOTHING, isLeft: true };
      const outcome = await work(app, puller, { enough, onBackground });
      if (!outcome.isLeft) doneMs.set(puller, nowMs);
      return outcome;
    },
  };
}

async function work(
  app: App,
  puller: TablePuller,
  how: { readonly enough: AbortSignal; readonly onBackground: (event: BackgroundEvent) => void },
): Promise<BehindOutcome> {
  const failures: PullFailure[] = [];
  let healed = 0;
  let backfilled = 0;
  let isReread = true;
  let isBackfilled = app.config.pull.backfillMs === 0 || puller.streams[0]?.paging === "gauge";
  const onBackground = (event: BackgroundEvent): void => {
    how.onBackground(event);
    if (event.kind === "failed") failures.push({ code: event.code as ErrorCode, message: event.message });
    else if (event.kind === "reread") {
      healed = event.reread.healed;
      isReread = !event.reread.isCut;
    } else {
      backfilled = event.report.counts.appended;
      isBackfilled = event.report.leftMs === 0;
    }
  };
  {
    await using background = createBackground(app, puller, { enough: how.enough, onBackground });
    background.kick();
  }
  const isLeft = failures.length > 0 || !isReread || !isBackfilled;
  return { failures, appended: healed + backfilled, isLeft };
}
