import type { RequestBudget } from "../duo/request-budget.ts";
import type { EndpointWait } from "./endpoint-wait.ts";

/** The budget of one account of one log source. */
export interface AccountBudget {
  readonly source: string;
  readonly account: string | undefined;
  readonly budget: Pick<RequestBudget, "waiting" | "endpoints">;
}

/** How fast an endpoint is asked. */
export interface EndpointPaceNow {
  readonly source: string;
  readonly account: string | undefined;
  readonly endpoint: string;
  readonly ratePerSecond: number;
}

/** What goes on between this program and Duo now. */
export interface Traffic {
  readonly waits: () => readonly (EndpointWait & { readonly source: string })[];
  readonly rates: () => readonly EndpointPaceNow[];
}

/** Who waits for less need not be explained. */
const WAIT_MS_MIN = 5_000;

/**
 * Watches the budgets; nothing is kept between two calls.
 *
 * @param budgets those that there are now
 * @param nowMs ms since 1970
 */
export function createTraffic(budgets: () => readonly AccountBudget[], nowMs: () => number): Traffic {
  return {
    waits: () => budgets().flatMap((one) => waitsOf(one, nowMs())),
    rates: () =>
      budgets().flatMap(({ source, account, budget }) =>
        budget
          .endpoints()
          .map(({ endpoint, ratePerSecond }) => ({ source, account, endpoint, ratePerSecond })),
      ),
  };
}

/** One entry for each endpoint that waits: of its requests the one that goes next. */
function waitsOf(
  { source, account, budget }: AccountBudget,
  nowMs: number,
): (EndpointWait & { readonly source: string })[] {
  const waits = new Map<string, EndpointWait>();
  for (const { endpoint, priority, reason, untilMs, rejectedCount } of budget.waiting()) {
    if (waits.has(endpoint)) continue;
    waits.set(endpoint, { account, endpoint, priority, reason, untilMs, rejectedCount });
  }
  // A hold so long that the pull gave up has nobody who waits for it.
  for (const { endpoint, heldUntilMs } of budget.endpoints()) {
    if (heldUntilMs === undefined || waits.has(endpoint)) continue;
    const held = {
      priority: undefined,
      reason: "hold",
      untilMs: heldUntilMs,
      rejectedCount: undefined,
    } as const;
    waits.set(endpoint, { account, endpoint, ...held });
  }
  return [...waits.values()]
    .filter(({ untilMs }) => untilMs - nowMs > WAIT_MS_MIN)
    .map((wait) => ({ source, ...wait }));
}
