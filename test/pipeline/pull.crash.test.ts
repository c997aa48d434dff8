import { expect, test } from "vitest";
import { localStore } from "../../src/lake/store/local.ts";
import type { Store } from "../../src/lake/store/store.ts";
import { pullAll } from "../../src/pull-all.ts";
import { NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";

/**
 * A disk that dies with the program: the operation with the given number either does not happen or happens without its answer
 * being heard, and nothing works after it. `count` says how many operations there were.
 */
function dyingStore(
  diesAt: number,
  isHeard: boolean,
): { readonly store: Store; readonly count: () => number } {
  const disk = localStore();
  let count = 0;
  const dying =
    (operation: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]): Promise<unknown> => {
      count += 1;
      if (count > diesAt || (count === diesAt && isHeard)) throw new Error("the program was killed");
      const answer = await operation(...args);
      if (count >= diesAt) throw new Error("the program was killed");
      return answer;
    };
  const entries = Object.entries(disk).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === "function"
      ? dying(member.bind(disk) as (...args: unknown[]) => Promise<unknown>)
      : member,
  ]);
  return { store: Object.fromEntries(entries) as Store, count: () => count };
}

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
      const { store, count } = dyingStore(diesAt, isHeard);
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
