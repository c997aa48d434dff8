import { expect, test } from "vitest";
import { rowThread } from "../../../src/pipeline/beside/row-thread.ts";
import { pullAll } from "../../../src/pull-all.ts";
import { startHarness } from "../../support/pull-harness.ts";

test("a pull with a thread of its own brings what the ledger says, in several batches", async () => {
  await using harness = await startHarness({
    simulator: { users: 400, days: 3 },
    tables: ["auth", "admin"],
    firstWindowMs: 3 * 86_400_000,
    batchRowCountMax: 1_500,
  });
  const open = rowThread();
  let openedCount = 0;
  const counting: typeof open = {
    open: (feed) => {
      openedCount += 1;
      return open.open(feed);
    },
  };
  const app = await harness.start({ rowThread: counting });
  const results = await pullAll(app, { sources: app.sources, wants: () => true });
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
  expect(results.find(({ table }) => table === "auth")?.appended).toBeGreaterThan(4_000);
  expect(openedCount).toBeGreaterThan(2);
  expect(await harness.difference("auth")).toEqual({ lost: [], repeated: [] });
  expect(await harness.difference("admin")).toEqual({ lost: [], repeated: [] });
  const [again] = await pullAll(app, { sources: app.sources, wants: () => true });
  expect(again?.appended).toBe(0);
}, 120_000);
