import { expect, test } from "vitest";
import { watchAccounts } from "../../src/cli/watch-accounts.ts";
import { startHarness } from "../support/pull-harness.ts";

test("watchAccounts knows the budgets of the accounts that were handed out, and asks for none itself", async () => {
  await using harness = await startHarness({
    tables: ["auth"],
    source: { accounts: "all" },
    simulator: { users: 5, days: 1, children: [{}, {}] },
  });
  const watched = watchAccounts(await harness.start());
  expect(watched.budgets()).toEqual([]);
  expect(harness.simulator.ledger.requests()).toEqual([]);
  const accounts = await watched.app.sources[0]?.accounts();
  expect(watched.budgets()).toEqual(
    accounts?.map(({ account, budget }) => ({ source: "duo", account: account?.id, budget })),
  );
  expect(watched.budgets()).toHaveLength(2);
});
