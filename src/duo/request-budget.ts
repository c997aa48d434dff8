import type { Clock } from "../core/clock.ts";
import type { EndpointLimits } from "./endpoint-limits.ts";
import { createEndpointPace, type EndpointPace, type EndpointPaceOptions } from "./endpoint-pace.ts";
import { createEndpointQueue, type EndpointQueue } from "./endpoint-queue.ts";
import type { Priority } from "./priority.ts";
import { createSteadyClock } from "./steady-clock.ts";
import type { Waiting } from "./waiting.ts";

/**
 * Decides when the next request to an endpoint may go out and which, and learns from the answers how fast Duo lets it go.
 *
 * One budget serves one Duo account; endpoints are limited apart, as Duo does (Admin API, "Rate limiting").
 */
export interface RequestBudget {
  /**
   * Resolves when a request may be sent. While several wait, the most urgent goes next; of equals, the one that came first.
   *
   * @param endpoint the path asked for
   * @throws duo_rate_limited when a live request would wait for more than `waitMsMax`, now or after a further 429; the
   *   others wait as long as it takes. stopped when `signal` is aborted, and the slot goes to the next
   */
  readonly acquire: (endpoint: string, options?: AcquireOptions) => Promise<void>;
  /** Duo answered: the next request may come a little sooner. */
  readonly succeeded: (endpoint: string) => void;
  /** Duo answered 429: the rate is halved and nothing is sent for the hold, whose length in ms is returned. */
  readonly limited: (endpoint: string, retryAfterMs: number | undefined) => number;
  /** Longest wait of a live request, ms. */
  readonly waitMsMax: number;
  /** Until when nothing is sent to the endpoint, ms since 1970; undefined when it is free. */
  readonly heldUntilMs: (endpoint: string) => number | undefined;
  /** Who waits now, and why: endpoint by endpoint, in the order in which they go. */
  readonly waiting: () => readonly Waiting[];
  /** What Duo allows in a minute, to be kept for a later program. */
  readonly limits: EndpointLimits;
  /** What was learned of each endpoint that was asked for so far. */
  readonly endpoints: () => readonly EndpointRate[];
}

export interface AcquireOptions {
  /** Default `live`. */
  readonly priority?: Priority | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EndpointRate {
  readonly endpoint: string;
  /** The learned rate: how many requests a second are let go. */
  readonly ratePerSecond: number;
  /** Until when nothing is sent, ms since 1970; undefined when it is free. */
  readonly heldUntilMs: number | undefined;
}

export interface RequestBudgetOptions extends EndpointPaceOptions {
  readonly clock: Clock;
  /** Longest wait of a live request, ms. */
  readonly waitMsMax?: number | undefined;
}

const WAIT_MS_MAX = 5 * 60_000;

interface EndpointState {
  readonly pace: EndpointPace;
  readonly queue: EndpointQueue;
}

/** Makes the budget of one account. */
export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  const { waitMsMax = WAIT_MS_MAX } = options;
  const clock = createSteadyClock(options.clock);
  const states = new Map<string, EndpointState>();
  const stateOf = (endpoint: string): EndpointState => {
    let state = states.get(endpoint);
    if (state === undefined) {
      const pace = createEndpointPace(options);
      state = { pace, queue: createEndpointQueue({ endpoint, clock, pace, waitMsMax }) };
      states.set(endpoint, state);
    }
    return state;
  };
  const heldUntilMs = (pace: EndpointPace | undefined): number | undefined =>
    pace !== undefined && pace.heldUntilMs() > clock.nowMs() ? clock.toWallMs(pace.heldUntilMs()) : undefined;
  return {
    waitMsMax,
    acquire: (endpoint, { priority = "live", signal } = {}) =>
      stateOf(endpoint).queue.enter(priority, signal),
    succeeded: (endpoint) => stateOf(endpoint).pace.succeeded(clock.nowMs()),
    limited: (endpoint, retryAfterMs) => {
      const { pace, queue } = stateOf(endpoint);
      const pauseMs = pace.limited(clock.nowMs(), retryAfterMs);
      queue.refuseLate();
      return pauseMs;
    },
    heldUntilMs: (endpoint) => heldUntilMs(states.get(endpoint)?.pace),
    limits: {
      learned: (endpoint) => {
        const limit = states.get(endpoint)?.pace.learned(clock.nowMs());
        return (
          limit && {
            requestsPerMinute: limit.requestsPerMinute,
            atMs: Math.round(clock.toWallMs(limit.atMs)),
          }
        );
      },
      recall: (endpoint, { requestsPerMinute, atMs }) => {
        const nowMs = clock.nowMs();
        const lostMs = nowMs - clock.toWallMs(nowMs);
        stateOf(endpoint).pace.recall({ requestsPerMinute, atMs: atMs + lostMs }, nowMs);
      },
    },
    waiting: () => [...states.values()].flatMap(({ queue }) => queue.waiting()),
    endpoints: () =>
      [...states].map(([endpoint, { pace }]) => ({
        endpoint,
        ratePerSecond: pace.ratePerSecond(clock.nowMs()),
        heldUntilMs: heldUntilMs(pace),
      })),
  };
}
