import type { App } from "../app.ts";
import type { AccountApp, SourceApp } from "../source-app.ts";
import type { AccountBudget } from "../status/traffic.ts";

/** A program whose accounts can be looked at without asking Duo for them. */
export interface WatchedApp {
  /** Use it in place of the one that was given. */
  readonly app: App;
  /** The budgets of the accounts that it was asked for last. */
  readonly budgets: () => readonly AccountBudget[];
}

/** Remembers the accounts as they are handed out: asking for a provider's again could send a request. */
export function watchAccounts(app: App): WatchedApp {
  const seen = new Map<string, readonly AccountApp[]>();
  const watch = (source: SourceApp): SourceApp => ({
    ...source,
    accounts: async (signal) => {
      const accounts = await source.accounts(signal);
      seen.set(source.name, accounts);
      return accounts;
    },
  });
  return {
    app: { ...app, sources: app.sources.map(watch) },
    budgets: () =>
      [...seen].flatMap(([source, accounts]) =>
        accounts.map(({ account, budget }) => ({ source, account: account?.id, budget })),
      ),
  };
}
