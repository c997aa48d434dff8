import type { DuolakeError } from "../core/errors.ts";

/** What was tried for one page so far. */
export interface Tried {
  readonly failureCount: number;
  readonly limitedCount: number;
  readonly rereadSecret: boolean;
  readonly correctedSkew: boolean;
}

export const NOTHING_TRIED: Tried = {
  failureCount: 0,
  limitedCount: 0,
  rereadSecret: false,
  correctedSkew: false,
};

/** What to do after a failed request. */
export type NextStep =
  | { readonly step: "give_up" }
  /** The request budget holds the next request back by itself. */
  | { readonly step: "hold"; readonly tried: Tried }
  | { readonly step: "reread_secret"; readonly tried: Tried }
  | { readonly step: "correct_skew"; readonly tried: Tried }
  | { readonly step: "back_off"; readonly tried: Tried; readonly delayMs: number };

const FAILURE_COUNT_MAX = 5;
/** Background work waits through many holds: nobody sits in front of it. */
const LIMITED_COUNT_MAX = { live: 3, background: 20 } as const;
const DELAY_MS_MIN = 1_000;
const DELAY_MS_MAX = 15_000;

/**
 * Decides what follows a failed request; pure.
 *
 * A wrong signature is tried once more with the secret read again (the key may have been rotated), a wrong time once with
 * the measured skew, a 429 after its hold at most twice (behind the live pulls 19 times), what may pass by itself at most four times with growing, jittered
 * delays. Everything else is given up at once.
 *
 * @param error what went wrong
 * @param tried what was tried before
 * @param options `random`: 0 <= x < 1; `urgency`: whether somebody waits for the answer
 */
export function nextStep(
  error: DuolakeError,
  tried: Tried,
  { random, urgency = "live" }: { readonly random: number; readonly urgency?: "live" | "background" },
): NextStep {
  if (error.code === "duo_rate_limited") {
    const limitedCount = tried.limitedCount + 1;
    return limitedCount >= LIMITED_COUNT_MAX[urgency]
      ? { step: "give_up" }
      : { step: "hold", tried: { ...tried, limitedCount } };
  }
  if (error.code === "duo_signature_invalid" && !tried.rereadSecret) {
    return { step: "reread_secret", tried: { ...tried, rereadSecret: true } };
  }
  if (error.code === "duo_clock_skew") {
    return tried.correctedSkew
      ? { step: "give_up" }
      : { step: "correct_skew", tried: { ...tried, correctedSkew: true } };
  }
  const failureCount = tried.failureCount + 1;
  if (!error.retryable || failureCount >= FAILURE_COUNT_MAX) return { step: "give_up" };
  const ceilingMs = Math.min(DELAY_MS_MIN * 2 ** (failureCount - 1), DELAY_MS_MAX);
  // Jitter over the upper half: spread out, yet never no wait at all.
  return {
    step: "back_off",
    tried: { ...tried, failureCount },
    delayMs: ceilingMs / 2 + (random * ceilingMs) / 2,
  };
}
