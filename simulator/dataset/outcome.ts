import type { Random } from "./random.ts";

/** How a login ended. */
export interface Outcome {
  readonly eventType: "authentication" | "enrollment";
  readonly factor: string | null;
  readonly rememberedFactor: string | undefined;
  readonly result: "success" | "denied" | "fraud";
  readonly reason: string | null;
}

const DENIALS = [
  { reason: "no_response", weight: 26 },
  { reason: "user_cancelled", weight: 12 },
  { reason: "invalid_passcode", weight: 12 },
  { reason: "user_mistake", weight: 9 },
  { reason: "out_of_date", weight: 6 },
  { reason: "endpoint_is_not_trusted", weight: 6 },
  { reason: "location_restricted", weight: 5 },
  { reason: "locked_out", weight: 5 },
  { reason: "denied_by_policy", weight: 4 },
  { reason: "invalid_device", weight: 3 },
  { reason: "anonymous_ip", weight: 3 },
  { reason: "no_screen_lock", weight: 2 },
  { reason: "user_disabled", weight: 2 },
  { reason: "could_not_determine_if_endpoint_was_trusted", weight: 1 },
  { reason: "error", weight: 1 },
] as const;
// Reasons that stop a login before a factor is asked for.
const BEFORE_FACTOR = /out_of_date|trusted|restricted|locked_out|policy|anonymous|disabled|error/;

/** A login that was refused. */
export function denial(factor: string, random: Random): Outcome {
  const { reason } = random.weighted(DENIALS);
  const phone = factor === "phone_call" || factor === "sms_passcode";
  const usable =
    phone && BEFORE_FACTOR.test(reason)
      ? factor === "phone_call"
        ? "call_timed_out"
        : "invalid_passcode"
      : reason;
  return {
    eventType: "authentication",
    factor: !phone && BEFORE_FACTOR.test(reason) ? "not_available" : factor,
    rememberedFactor: undefined,
    result: "denied",
    reason: usable,
  };
}
