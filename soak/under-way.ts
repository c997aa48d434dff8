import type { App } from "../src/app.ts";
import type { TablePuller } from "../src/pipeline/table-puller.ts";
import type { AccountApp, SourceApp } from "../src/source-app.ts";

/** A program whose work can be seen from outside. */
export interface UnderWay {
  readonly app: App;
  /** Pulls, re-reads and backfills that have begun and not ended. */
  readonly busyCount: () => number;
  /** Loops of the daemon: one for each table of each account that was seen, one for each provider. */
  readonly loopCount: () => number;
  /** Real time of every pull that brought rows, ms, in order. */
  readonly pullMs: readonly number[];
}

/** Counts what an app's pullers do; the app itself is left as it is. */
export function watchApp(app: App): UnderWay {
  let busyCount = 0;
  const pullMs: number[] = [];
  const seen = new Map<AccountApp, AccountApp>();
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    busyCount += 1;
    try {
      return await work();
    } finally {
      busyCount -= 1;
    }
  };
  const watchPuller = (puller: TablePuller): TablePuller => ({
    ...puller,
    rereadDue: (options) => counted(() => puller.rereadDue(options)),
    backfill: (options) => counted(() => puller.backfill(options)),
    pull: (signal) =>
      counted(async () => {
        const startMs = performance.now();
        const result = await puller.pull(signal);
        if (result.appended > 0) pullMs.push(performance.now() - startMs);
        return result;
      }),
  });
  const watchAccount = (account: AccountApp): AccountApp => {
    const known = seen.get(account) ?? { ...account, pullers: account.pullers.map(watchPuller) };
    seen.set(account, known);
    return known;
  };
  const watchSource = (source: SourceApp): SourceApp => ({
    ...source,
    accounts: async (signal) => (await source.accounts(signal)).map(watchAccount),
  });
  const providerCount = app.sources.filter(({ config }) => config.accounts !== undefined).length;
  return {
    app: { ...app, sources: app.sources.map(watchSource) },
    busyCount: () => busyCount,
    loopCount: () => [...seen.keys()].reduce((sum, { pullers }) => sum + pullers.length, providerCount),
    pullMs,
  };
}
