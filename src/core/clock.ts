import { DuolakeError } from "./errors.ts";

/** Time as the program sees it; injected everywhere so that tests need no sleeping. */
export interface Clock {
  /** Whole milliseconds since 1970-01-01T00:00Z. */
  readonly nowMs: () => number;
  /** Resolves after `delayMs`; rejects with `stopped` as soon as `signal` is aborted. */
  readonly sleep: (delayMs: number, signal?: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = { nowMs: () => Date.now(), sleep };

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(stopped());
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(stopped());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** The error of work that was given up because the program is stopping. */
export function stopped(): DuolakeError {
  return new DuolakeError("stopped", "Cannot go on: the program was asked to stop", {
    retryable: true,
  });
}

/** Throws `stopped` when the signal is aborted; call it between steps that cannot be interrupted. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stopped();
}
