import type { Clock } from "../../../core/clock.ts";
import { RestFailure } from "./rest-failure.ts";

const ATTEMPT_COUNT_MAX = 6;
const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 5_000;
/** However long a server asks to wait: the next pull comes by itself. */
const RETRY_AFTER_MS_MAX = 30_000;

/**
 * Sends a request until it succeeds or cannot: up to six times, with full jitter between them, doubling from 100 ms to 5 s, or what
 * `Retry-After` says up to 30 s.
 *
 * @param options `isRepeatable`: it may be sent again also where nobody knows whether it was carried out; `onRetry` is told of
 *   every answer that is followed by another try
 * @throws what `work` threw last
 */
export async function restRetried<T>(
  clock: Clock,
  options: { readonly isRepeatable: boolean; readonly onRetry?: (failure: RestFailure) => void },
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    let failure: RestFailure;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RestFailure) || attempt + 1 >= ATTEMPT_COUNT_MAX) throw error;
      if (!error.isLater && !(options.isRepeatable && error.isUnknown)) throw error;
      failure = error;
    }
    options.onRetry?.(failure);
    const jitterMs = Math.random() * Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** attempt);
    const askedMs = Math.min(failure.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX);
    await clock.sleep(Math.max(jitterMs, askedMs));
  }
}
