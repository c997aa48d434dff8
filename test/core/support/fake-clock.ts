import { setImmediate as turn } from "node:timers/promises";
import { type Clock, stopped } from "../../../src/core/clock.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Lengths of all sleeps asked for, ms. */
  readonly sleeps: readonly number[];
  /** Time that truly passed since the start, ms; setting the clock does not change it. */
  readonly elapsedMs: () => number;
  /** Lets time pass and wakes the sleepers, one after the other, each at its time. */
  readonly advance: (ms: number) => Promise<void>;
  /** Lets time pass until nobody sleeps; throws after a thousand wakings. */
  readonly run: () => Promise<void>;
  /** Sets the clock by so much, as an operator does: no time passes. */
  readonly shift: (ms: number) => void;
  readonly sleeperCount: () => number;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

const WAKING_COUNT_MAX = 1_000;

export function createFakeClock(startMs: number = Date.UTC(2026, 2, 12, 15, 30)): FakeClock {
  const sleeps: number[] = [];
  let sleepers: Sleeper[] = [];
  let elapsedMs = 0;
  let wallMs = startMs;

  const pass = (ms: number): void => {
    elapsedMs += ms;
    wallMs += ms;
  };
  const wakeNext = async (untilMs: number): Promise<boolean> => {
    const next = sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.atMs < first.atMs ? one : first),
      undefined,
    );
    if (next === undefined || next.atMs > untilMs) return false;
    sleepers = sleepers.filter((one) => one !== next);
    pass(Math.max(0, next.atMs - elapsedMs));
    next.wake();
    await turn();
    return true;
  };

  return {
    sleeps,
    nowMs: () => wallMs,
    elapsedMs: () => elapsedMs,
    sleeperCount: () => sleepers.length,
    shift: (ms) => {
      wallMs += ms;
    },
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(stopped());
          return;
        }
        sleeps.push(delayMs);
        const sleeper = { atMs: elapsedMs + delayMs, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(stopped());
        });
      }),
    advance: async (ms) => {
      const untilMs = elapsedMs + ms;
      await turn();
      while (await wakeNext(untilMs)) {
        // The next one may have been put to sleep by the last.
      }
      pass(untilMs - elapsedMs);
    },
    run: async () => {
      await turn();
      for (let count = 0; await wakeNext(Infinity); count += 1) {
        if (count === WAKING_COUNT_MAX) throw new Error("the sleeping does not end");
      }
    },
  };
}

/** A clock whose sleeps are over at once; time passes by just their length. */
export function createImpatientClock(startMs?: number): FakeClock {
  const clock = createFakeClock(startMs);
  return {
    ...clock,
    sleep: async (delayMs, signal) => {
      const slept = clock.sleep(delayMs, signal);
      await clock.run();
      return slept;
    },
  };
}
