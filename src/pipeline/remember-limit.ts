import type { EndpointLimits } from "../duo/endpoint-limits.ts";
import type { RememberedLimit } from "./backfill-state.ts";

/** By then Duo, or who shares the account, may have changed it. */
const KEPT_MS = 86_400_000;

/**
 * Lets a program go by the limit that an earlier one found out, where it is of the same endpoint and not older than a day. It
 * heals: too high, it is met and found out again; too low, it is tried anew after an hour (`learnLimit`).
 *
 * @param limit as the lake has it
 * @param options `endpoint`: the path to be asked for; `nowMs`: by this machine's clock, as the limit's time
 */
export function recallLimit(
  limits: EndpointLimits,
  limit: RememberedLimit | undefined,
  { endpoint, nowMs }: { readonly endpoint: string; readonly nowMs: number },
): void {
  if (limit === undefined || limit.endpoint !== endpoint) return;
  // A clock that was set back must not keep it for ever.
  if (Math.abs(nowMs - limit.atMs) <= KEPT_MS) limits.recall(endpoint, limit);
}

/** What the lake is to remember of an endpoint; undefined where nothing is known for sure. */
export function limitToRemember(limits: EndpointLimits, endpoint: string): RememberedLimit | undefined {
  const learned = limits.learned(endpoint);
  return learned && { endpoint, ...learned };
}
