import type { Clock } from "../core/clock.ts";

/** A clock that does not go back when the machine's is set back, so that what was planned by it stays right. */
export interface SteadyClock extends Clock {
  /** What the machine's clock will show at that time of this clock, ms since 1970. */
  readonly toWallMs: (steadyMs: number) => number;
}

/**
 * Makes a clock that starts as the machine's and keeps the hours that one loses.
 *
 * Nothing tells a clock that was set forward from time that passed, but for whoever sleeps: a sleep lasts as long as was
 * asked for.
 */
export function createSteadyClock(clock: Clock): SteadyClock {
  let reachedMs = -Infinity;
  let lostMs = 0;
  const nowMs = (): number => {
    const shownMs = clock.nowMs() + lostMs;
    lostMs += Math.max(0, reachedMs - shownMs);
    reachedMs = Math.max(reachedMs, shownMs);
    return reachedMs;
  };
  return {
    nowMs,
    sleep: async (delayMs, signal) => {
      const wakeAtMs = nowMs() + delayMs;
      await clock.sleep(delayMs, signal);
      // Whatever the machine's clock shows, this much time has passed.
      reachedMs = Math.max(reachedMs, wakeAtMs);
    },
    toWallMs: (steadyMs) => steadyMs - lostMs,
  };
}
