import type { AppObserver } from "../src/app.ts";
import type { BackgroundEvent } from "../src/daemon/background.ts";
import type { TableResult } from "../src/pipeline/pull-result.ts";

/** What was seen of one table of one account, over all the programs of the soak. */
export interface TableTally {
  appended: number;
  failedPulls: number;
  rereads: number;
  healed: number;
}

/** Counts what the daemons tell. */
export interface Tally {
  readonly onResult: (result: TableResult) => void;
  readonly onBackground: (event: BackgroundEvent) => void;
  readonly observer: AppObserver;
  readonly of: (source: string, account: string | undefined, table: string) => TableTally;
  /** Failures of pulls, re-reads and backfills by their code. */
  readonly failures: ReadonlyMap<string, number>;
  readonly requestCount: () => number;
  readonly limitedCount: () => number;
  /** By path, over all accounts: requests, and those that were answered 429. */
  readonly paths: ReadonlyMap<string, { readonly requests: number; readonly limited: number }>;
}

/** Starts at zero. */
export function createTally(): Tally {
  const tables = new Map<string, TableTally>();
  const failures = new Map<string, number>();
  const paths = new Map<string, { requests: number; limited: number }>();
  const of: Tally["of"] = (source, account, table) => {
    const key = `${source} ${account ?? ""} ${table}`;
    const known = tables.get(key) ?? { appended: 0, failedPulls: 0, rereads: 0, healed: 0 };
    tables.set(key, known);
    return known;
  };
  const fail = (code: string): void => void failures.set(code, (failures.get(code) ?? 0) + 1);
  const sum = (pick: (path: { requests: number; limited: number }) => number): number =>
    [...paths.values()].reduce((total, path) => total + pick(path), 0);
  return {
    of,
    failures,
    paths,
    requestCount: () => sum(({ requests }) => requests),
    limitedCount: () => sum(({ limited }) => limited),
    onResult: ({ source, account, table, appended, error }) => {
      const tally = of(source, account, table);
      tally.appended += appended;
      if (error === undefined) return;
      tally.failedPulls += 1;
      fail(error.code);
    },
    onBackground: (event) => {
      if (event.kind === "failed") fail(event.code);
      if (event.kind !== "reread") return;
      const tally = of(event.source, event.account, event.table);
      tally.rereads += 1;
      tally.healed += event.reread.healed;
    },
    observer: {
      duo: () => ({
        onRequest: (path, status) => {
          const counts = paths.get(path) ?? { requests: 0, limited: 0 };
          counts.requests += 1;
          if (status === 429) counts.limited += 1;
          paths.set(path, counts);
        },
      }),
    },
  };
}
