import { stopped } from "../core/clock.ts";
import { PRIORITIES, type Priority } from "./priority.ts";

/** Those that wait for one thing: the most urgent first, first come first served among equals. No clock. */
export interface PriorityLine {
  /** In the order in which they go. */
  readonly waiters: readonly Waiter[];
  /** How many would go before one that came now. */
  readonly placeFor: (priority: Priority) => number;
  /**
   * Resolves when the waiter is let go.
   *
   * @throws what it is sent away with; stopped as soon as `signal` is aborted
   */
  readonly join: (priority: Priority, signal: AbortSignal | undefined) => Promise<void>;
}

export interface Waiter {
  readonly priority: Priority;
  /** Ends the wait and gives up the place, once: to go, or sent away with an error. */
  readonly leave: (error?: Error) => void;
}

/**
 * Makes an empty line.
 *
 * @param onEmpty the last one has left
 */
export function createPriorityLine(onEmpty: () => void): PriorityLine {
  const waiters: Waiter[] = [];
  const placeFor = (priority: Priority): number => {
    const rank = PRIORITIES.indexOf(priority);
    const place = waiters.findIndex((one) => PRIORITIES.indexOf(one.priority) > rank);
    return place === -1 ? waiters.length : place;
  };
  return {
    waiters,
    placeFor,
    join: (priority, signal) =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => waiter.leave(stopped());
        const leave = (error?: Error): void => {
          waiters.splice(waiters.indexOf(waiter), 1);
          // The signal lives as long as the program; without this it would remember every request.
          signal?.removeEventListener("abort", onAbort);
          if (error === undefined) resolve();
          else reject(error);
          if (waiters.length === 0) onEmpty();
        };
        const waiter: Waiter = { priority, leave };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiters.splice(placeFor(priority), 0, waiter);
      }),
  };
}
