import { okReply } from "../reply.ts";
import type { RawEvent } from "../streams.ts";
import type { Call, Endpoint } from "./endpoint.ts";
import { windowSeconds } from "./window.ts";

/** The results of v2 by the words of the counts. Another word is in no count: Duo names these four and no rest. */
const RESULTS: Readonly<Record<string, string>> = {
  success: "SUCCESS",
  denied: "FAILURE",
  failure: "FAILURE",
  fraud: "FRAUD",
  error: "ERROR",
};

/** The account summary: numbers without a time. */
export const summary: Endpoint = (call) => okReply(call.account.summary(), 1);

/** The credits that calls and messages of a period cost. */
export const telephonyCreditsUsed: Endpoint = (call) => {
  const { mintime, maxtime, ...range } = windowSeconds(call);
  let credits = 0;
  for (const { event } of call.account.timeline("telephony_v2").ascending(range))
    credits += Number(event["credits"]);
  return okReply({ maxtime, mintime, telephony_credits_used: credits });
};

/**
 * How many logins of a period had which result; a way to check what was collected.
 *
 * Both ends are seconds that belong to the period, so that the last one counts to its last microsecond: a login
 * counts when its `timestamp` is from `mintime` to `maxtime`. In milliseconds that is `maxtime * 1000 + 999`. What the
 * v2 log does not show yet, because it is new or late, does not count yet either (reference 2.10 says neither).
 */
export const authenticationAttempts: Endpoint = (call) =>
  attempts(call, "authentication_attempts", (_event, index) => index);

/** How many users, by name, had a login of each result; period and results as for `authenticationAttempts`. */
export const userAuthenticationAttempts: Endpoint = (call) =>
  attempts(call, "user_authentication_attempts", (event) => (event["user"] as RawEvent | null)?.["name"]);

function attempts(
  call: Call,
  key: string,
  identityOf: (event: RawEvent, index: number) => unknown,
): ReturnType<Endpoint> {
  const { mintime, maxtime, ...range } = windowSeconds(call);
  const seen = new Map(
    ["ERROR", "FAILURE", "FRAUD", "SUCCESS"].map((result) => [result, new Set<unknown>()]),
  );
  let index = 0;
  for (const { event } of call.account.timeline("authentication_v2").ascending(range)) {
    // Injected rows may be no event at all.
    const result = typeof event?.["result"] === "string" ? RESULTS[event["result"]] : undefined;
    if (result !== undefined) seen.get(result)?.add(identityOf(event, index));
    index += 1;
  }
  const counts = Object.fromEntries([...seen].map(([result, identities]) => [result, identities.size]));
  return okReply({ [key]: counts, maxtime, mintime });
}
