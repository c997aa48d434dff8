import { type Clock, throwIfStopped } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";

/**
 * Decides when the next request to an endpoint may go out, and learns from the answers how fast Duo lets it go.
 *
 * One budget serves one Duo account; endpoints are limited apart, as Duo does (Admin API, "Rate limiting").
 */
export interface RequestBudget {
  /**
   * Resolves when a request may be sent.
   *
   * @param endpoint the path asked for
   * @throws duo_rate_limited when the wait would be longer than `waitMsMax`; stopped when `signal` is aborted
   */
  readonly acquire: (endpoint: string, signal?: AbortSignal) => Promise<void>;
  /** Duo answered: the next request may come a little sooner. */
  readonly succeeded: (endpoint: string) => void;
  /** Duo answered 429: the rate is halved and nothing is sent for the hold, whose length in ms is returned. */
  readonly limited: (endpoint: string, retryAfterMs: number | undefined) => number;
  /** Longest wait of one `acquire`, ms. */
  readonly waitMsMax: number;
  /** Until when nothing is sent to the endpoint, ms since 1970; undefined when it is free. */
  readonly heldUntilMs: (endpoint: string) => number | undefined;
}

export interface RequestBudgetOptions {
  readonly clock: Clock;
  /** First hold after a 429 without Retry-After, ms; it doubles with each further 429 up to `holdMsMax`. */
  readonly holdMs: number;
  readonly holdMsMax?: number;
  /** Longest wait of one `acquire`, ms. */
  readonly waitMsMax?: number;
  /** Requests per second: where each endpoint starts, what each answer adds, and the end of it. */
  readonly ratePerSecondStart?: number;
  readonly ratePerSecondStep?: number;
  readonly ratePerSecondMax?: number;
}

interface EndpointState {
  ratePerSecond: number;
  nextAtMs: number;
  heldUntilMs: number;
  holdsInARow: number;
  /** How many 429s there were. */
  holdCount: number;
  /** The clock when it was last looked at. */
  seenMs: number;
}

const RATE_PER_SECOND_MIN = 1 / 60;
const HOLD_MS_MAX = 15 * 60_000;
const WAIT_MS_MAX = 5 * 60_000;

/** Makes the budget of one account: additive increase, halved on 429, then held. */
export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  const { clock, holdMs, holdMsMax = HOLD_MS_MAX, waitMsMax = WAIT_MS_MAX } = options;
  const { ratePerSecondStart = 1, ratePerSecondStep = 0.5, ratePerSecondMax = 20 } = options;
  const states = new Map<string, EndpointState>();
  const stateOf = (endpoint: string): EndpointState => {
    let state = states.get(endpoint);
    if (state === undefined) {
      state = {
        ratePerSecond: ratePerSecondStart,
        nextAtMs: 0,
        heldUntilMs: 0,
        holdsInARow: 0,
        holdCount: 0,
        seenMs: 0,
      };
      states.set(endpoint, state);
    }
    return state;
  };
  return {
    waitMsMax,
    acquire: async (endpoint, signal) => {
      throwIfStopped(signal);
      const state = stateOf(endpoint);
      for (;;) {
        const { holdCount } = state;
        const nowMs = look(state, clock);
        const startMs = Math.max(nowMs, state.nextAtMs, state.heldUntilMs);
        if (startMs - nowMs > waitMsMax) throw held(endpoint, startMs);
        // The slot is taken before the wait, so that two waiting requests do not go out together.
        state.nextAtMs = startMs + 1000 / state.ratePerSecond;
        if (startMs > nowMs) await clock.sleep(startMs - nowMs, signal);
        // A 429 that another request met meanwhile holds this one too.
        if (state.holdCount === holdCount) return;
      }
    },
    succeeded: (endpoint) => {
      const state = stateOf(endpoint);
      state.holdsInARow = 0;
      state.ratePerSecond = Math.min(state.ratePerSecond + ratePerSecondStep, ratePerSecondMax);
    },
    limited: (endpoint, retryAfterMs) => {
      const state = stateOf(endpoint);
      const backOffMs = Math.min(holdMs * 2 ** state.holdsInARow, holdMsMax);
      const pauseMs = retryAfterMs ?? backOffMs;
      state.holdsInARow = Math.min(state.holdsInARow + 1, 16);
      state.holdCount += 1;
      state.ratePerSecond = Math.max(state.ratePerSecond / 2, RATE_PER_SECOND_MIN);
      state.heldUntilMs = Math.max(look(state, clock) + pauseMs, state.heldUntilMs);
      return pauseMs;
    },
    heldUntilMs: (endpoint) => {
      const state = states.get(endpoint);
      return state !== undefined && state.heldUntilMs > look(state, clock) ? state.heldUntilMs : undefined;
    },
  };
}

/** Reads the clock; where it was set back, what is planned goes back with it, or we would wait for the hours it lost. */
function look(state: EndpointState, clock: Clock): number {
  const nowMs = clock.nowMs();
  const lostMs = Math.max(0, state.seenMs - nowMs);
  state.nextAtMs -= lostMs;
  state.heldUntilMs -= lostMs;
  state.seenMs = nowMs;
  return nowMs;
}

function held(endpoint: string, untilMs: number): DuolakeError {
  const until = new Date(untilMs).toISOString();
  return new DuolakeError(
    "duo_rate_limited",
    `Cannot ask Duo for ${endpoint}: too many requests were sent to this account; the next one goes out after ${until}. ` +
      "If it happens often, look for another program that reads the same logs",
    { retryable: true },
  );
}
