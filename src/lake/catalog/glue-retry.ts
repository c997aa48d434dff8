import type { Clock } from "../../core/clock.ts";
import { glueFailure } from "./glue-error.ts";

const ATTEMPT_COUNT_MAX = 6;
const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 5_000;

/**
 * Sends a request to Glue that may be sent any number of times, until it succeeds or cannot: up to six times, with full
 * jitter between them, doubling from 100 ms to 5 s.
 *
 * @throws what `work` threw last
 */
export async function glueRetried<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt + 1 >= ATTEMPT_COUNT_MAX || !glueFailure(error).isTransient) throw error;
    }
    await clock.sleep(Math.random() * Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** attempt));
  }
}
