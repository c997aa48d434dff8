import type { SimulatorClock } from "../simulator/clock.ts";
import { type Clock, stopped, throwIfStopped } from "../src/core/clock.ts";

/** Time that passes when the soak says so. Duo's clock and the machine's run alike but for the offset. */
export interface VirtualClock {
  /** What the parts of the program sleep by: pauses between requests are over at once, longer ones are waited for. */
  readonly inside: Clock;
  /** What the daemon's loops sleep by. */
  readonly between: Clock;
  readonly insideCount: () => number;
  readonly betweenCount: () => number;
  /** When the next sleeper wakes, ms since 1970 by Duo's clock; Infinity where nobody sleeps. */
  readonly nextWakeMs: () => number;
  /** Lets time pass and wakes whose time has come. */
  readonly advanceTo: (ms: number) => void;
  /** Sets the machine's clock that much ahead of Duo's, ms. */
  readonly setOffset: (offsetMs: number) => void;
}

/** Shorter sleeps are pauses between requests and retries. */
const SHORT_MS = 45_000;

interface Sleeper {
  readonly atMs: number;
  readonly isInside: boolean;
  readonly wake: () => void;
}

/** Makes the clock of a machine beside a simulator whose clock stands still until it is moved. */
export function createVirtualClock(duo: SimulatorClock): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let offsetMs = 0;
  const nowMs = (): number => duo.nowMs() + offsetMs;
  const fallAsleep = (delayMs: number, isInside: boolean, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        sleepers.delete(sleeper);
        reject(stopped());
      };
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { atMs: duo.nowMs() + delayMs, isInside, wake };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  const count = (isInside: boolean): number =>
    [...sleepers].filter((one) => one.isInside === isInside).length;
  return {
    inside: {
      nowMs,
      sleep: async (delayMs, signal) => {
        throwIfStopped(signal);
        if (delayMs < SHORT_MS) duo.advance(Math.ceil(delayMs));
        else await fallAsleep(delayMs, true, signal);
      },
    },
    between: {
      nowMs,
      sleep: async (delayMs, signal) => {
        throwIfStopped(signal);
        await fallAsleep(delayMs, false, signal);
      },
    },
    insideCount: () => count(true),
    betweenCount: () => count(false),
    nextWakeMs: () => Math.min(Infinity, ...[...sleepers].map(({ atMs }) => atMs)),
    advanceTo: (ms) => {
      duo.setNow(Math.max(ms, duo.nowMs()));
      const due = [...sleepers].filter(({ atMs }) => atMs <= duo.nowMs());
      for (const { wake } of due) wake();
    },
    setOffset: (next) => {
      offsetMs = next;
    },
  };
}
