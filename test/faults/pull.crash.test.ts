import { expect, test } from "vitest";
import { pullAll } from "../../src/pull-all.ts";
import { dyingStore } from "../support/faulty-store.ts";
import { NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";

test.each([true, false])(
  "a program killed at any step of the disk (before it: %s) loses and repeats nothing",
  async (isHeard) => {
    await using harness = await startHarness({ tables: ["auth"], batchRowCountMax: 40 });
    await harness.pull();
    let stepCount = 0;
    for (let diesAt = 1; ; diesAt += 1) {
      harness.simulator.clock.advance(7 * 60_000);
      // Also events that cannot become rows, so that the dead letters' commit is killed as well.
      harness.simulator.inject(
        "authentication_v2",
        [
          { txid: null, note: diesAt },
          { response: [], note: diesAt },
        ],
        {
          atMs: harness.clock.nowMs() - 300_000,
        },
      );
      const { store, count } = dyingStore(diesAt, { isHeard });
      const app = await harness.start({ store });
      await pullAll(app, { sources: app.sources, wants: () => true });
      stepCount = count();
      if (stepCount < diesAt) break;
      // Otherwise the next program to be killed is the one that has to cope with what this one left.
      const error = diesAt % 4 === 0 ? (await harness.pull())[0]?.error : undefined;
      expect(error, `after a kill at step ${diesAt}`).toBeUndefined();
    }
    await harness.pull();
    // What one of the kills lost or repeated would still be lost or repeated.
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
    expect(stepCount).toBeGreaterThan(10);
  },
  60_000,
);
