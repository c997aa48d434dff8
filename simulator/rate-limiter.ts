import type { RateLimit } from "./options.ts";
import { Refusal } from "./refusal.ts";

const MINUTE_MS = 60_000;

/** Counts the requests to one endpoint of one account; throws `Refusal` 42901 for one too many. */
export type RateLimiter = (key: string, nowMs: number) => void;

/** Makes a limiter over a sliding minute or over the minutes of the clock; refused requests do not count. */
export function createRateLimiter(limit: RateLimit | undefined): RateLimiter {
  const answered = new Map<string, number[]>();
  return (key, nowMs) => {
    if (!limit) return;
    const sinceMs =
      limit.minutes === "fixed" ? Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - 1 : nowMs - MINUTE_MS;
    const recent = (answered.get(key) ?? []).filter((ms) => ms > sinceMs);
    if (recent.length >= limit.requestsPerMinute) {
      const { retryAfterSeconds } = limit;
      throw new Refusal(
        42901,
        undefined,
        retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
      );
    }
    answered.set(key, [...recent, nowMs]);
  };
}
