import { expect, test } from "vitest";
import { backfillOne } from "../../src/backfill-one.ts";
import { pullAll } from "../../src/pull-all.ts";
import { startHarness } from "../support/pull-harness.ts";
import { pullersOf } from "../support/pullers-of.ts";

const DAYS = 16;

// A hundred thousand events: the simulator needs longer to make them than the backfill to store them.
test.each([10, 50])(
  "a backfill takes at most 5 % longer than Duo's limit of %i requests a minute makes necessary, which it has to find out first",
  async (requestsPerMinute) => {
    await using harness = await startHarness({
      tables: ["auth"],
      simulator: {
        users: 300,
        days: DAYS + 1,
        eventsPerDay: { authentication: 6_000 },
        rateLimit: { requestsPerMinute },
      },
    });
    const startMs = harness.clock.nowMs();
    const app = await harness.start();
    // The pull before uses up some of the first minute.
    const [pulled] = await pullAll(app, { sources: app.sources, wants: () => true });
    const [puller] = await pullersOf(app);
    if (puller === undefined) throw new Error("there is nothing to backfill");
    const report = await backfillOne(app, puller, { sinceAgoMs: DAYS * 86_400_000 });
    expect(report?.leftMs ?? 0).toBe(0);
    const fetched = (pulled?.fetched ?? 0) + (report?.counts.fetched ?? 0);
    expect(fetched).toBeGreaterThan(90_000);
    const necessaryMs = (Math.ceil(fetched / 1000) / requestsPerMinute) * 60_000;
    expect((harness.clock.nowMs() - startMs) / necessaryMs).toBeLessThanOrEqual(1.05);
  },
  180_000,
);
