import { throwIfStopped } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { EndpointPace } from "./endpoint-pace.ts";
import type { Priority } from "./priority.ts";
import { createPriorityLine, type Waiter } from "./priority-line.ts";
import type { SteadyClock } from "./steady-clock.ts";
import type { Waiting } from "./waiting.ts";

/** The requests that wait for one endpoint, let go one by one as its pace allows. */
export interface EndpointQueue {
  /**
   * Resolves when the request may be sent.
   *
   * @throws duo_rate_limited when a live request would wait for more than `waitMsMax`; stopped when `signal` is aborted
   */
  readonly enter: (priority: Priority, signal: AbortSignal | undefined) => Promise<void>;
  /** Refuses the live requests whose wait a new hold has made too long. */
  readonly refuseLate: () => void;
  /** Who waits, in the order in which they go. */
  readonly waiting: () => readonly Waiting[];
}

export interface EndpointQueueOptions {
  readonly endpoint: string;
  readonly clock: SteadyClock;
  readonly pace: EndpointPace;
  /** Longest wait of a live request, ms. */
  readonly waitMsMax: number;
}

/** A timer of Node's that is longer than 24 days ends at once; a longer wait is slept in parts. */
const SLEEP_MS_MAX = 3_600_000;

/** Makes the queue of one endpoint. Its one timer runs only while somebody waits. */
export function createEndpointQueue(options: EndpointQueueOptions): EndpointQueue {
  const { endpoint, clock, pace, waitMsMax } = options;
  // Of the sleep until the next slot; defined as long as somebody waits.
  let alarm: AbortController | undefined;
  const { waiters, placeFor, join } = createPriorityLine(() => {
    // A timer that nobody waits for would keep the process alive.
    alarm?.abort();
    alarm = undefined;
  });

  const serve = async (): Promise<void> => {
    while (waiters.length > 0) {
      const nowMs = clock.nowMs();
      const slotMs = pace.slotMs(nowMs, 0);
      if (slotMs <= nowMs) {
        pace.take(nowMs);
        waiters[0]?.leave();
        continue;
      }
      const own = new AbortController();
      alarm = own;
      try {
        // Whoever comes or goes meanwhile, and whatever hold begins, is seen after the sleep.
        await clock.sleep(Math.min(slotMs - nowMs, SLEEP_MS_MAX), own.signal);
      } catch (error) {
        // A clock that fails; nobody must wait for it.
        if (!own.signal.aborted) while (waiters.length > 0) waiters[0]?.leave(error as Error);
      }
      // Nobody waited any more; whoever came since is served by another.
      if (own.signal.aborted) return;
    }
  };

  const lateError = (priority: Priority, aheadCount: number): DuolakeError | undefined => {
    const nowMs = clock.nowMs();
    const slotMs = pace.slotMs(nowMs, aheadCount);
    const isLate = priority === "live" && slotMs - nowMs > waitMsMax;
    return isLate ? limitedError(endpoint, clock.toWallMs(slotMs)) : undefined;
  };

  return {
    enter: async (priority, signal) => {
      throwIfStopped(signal);
      const error = lateError(priority, placeFor(priority));
      if (error !== undefined) throw error;
      const turn = join(priority, signal);
      if (alarm === undefined) void serve();
      await turn;
    },
    refuseLate: () => {
      for (const [place, waiter] of [...waiters].entries()) {
        const error = lateError(waiter.priority, place);
        if (error !== undefined) waiter.leave(error);
      }
    },
    waiting: () => {
      const nowMs = clock.nowMs();
      return waiters.map((_waiter, place) => describeWait(options, waiters, { place, nowMs }));
    },
  };
}

/** Says why the one at this place waits. */
function describeWait(
  { endpoint, clock, pace }: EndpointQueueOptions,
  waiters: readonly Waiter[],
  { place, nowMs }: { readonly place: number; readonly nowMs: number },
): Waiting {
  const [first, own] = [waiters[0] as Waiter, waiters[place] as Waiter];
  return {
    endpoint,
    priority: own.priority,
    reason: pace.heldUntilMs() > nowMs ? "hold" : own.priority === first.priority ? "rate" : "behind",
    untilMs: clock.toWallMs(pace.slotMs(nowMs, place)),
    rejectedCount: pace.rejectedCount(),
  };
}

function limitedError(endpoint: string, untilMs: number): DuolakeError {
  const until = new Date(untilMs).toISOString();
  return new DuolakeError(
    "duo_rate_limited",
    `Cannot ask Duo for ${endpoint}: too many requests were sent to this account; the next one goes out after ${until}. ` +
      "If it happens often, look for another program that reads the same logs",
    { retryable: true },
  );
}
