import { describe, expect, test } from "vitest";
import { DuolakeError, ERROR_CODES, type ErrorCode } from "../../src/core/errors.ts";
import { NOTHING_TRIED, nextStep, type Tried } from "../../src/duo/retry-policy.ts";

const RETRYABLE = new Set<ErrorCode>([
  "duo_clock_skew",
  "duo_rate_limited",
  "duo_server_error",
  "duo_response_invalid",
  "duo_unreachable",
]);

function step(code: ErrorCode, tried: Partial<Tried> = {}, random = 0.5): ReturnType<typeof nextStep> {
  const error = new DuolakeError(code, "x", { retryable: RETRYABLE.has(code) });
  return nextStep(error, { ...NOTHING_TRIED, ...tried }, { random });
}

describe("nextStep", () => {
  test.each([
    ["duo_server_error", {}, "back_off"],
    ["duo_server_error", { failureCount: 3 }, "back_off"],
    ["duo_server_error", { failureCount: 4 }, "give_up"],
    ["duo_unreachable", {}, "back_off"],
    ["duo_unreachable", { failureCount: 4 }, "give_up"],
    ["duo_response_invalid", {}, "back_off"],
    ["duo_rate_limited", {}, "hold"],
    ["duo_rate_limited", { limitedCount: 1 }, "hold"],
    ["duo_rate_limited", { limitedCount: 2 }, "give_up"],
    ["duo_rate_limited", { failureCount: 4 }, "hold"],
    ["duo_signature_invalid", {}, "reread_secret"],
    ["duo_signature_invalid", { rereadSecret: true }, "give_up"],
    ["duo_clock_skew", {}, "correct_skew"],
    ["duo_clock_skew", { correctedSkew: true }, "give_up"],
    ["duo_signature_invalid", { correctedSkew: true }, "reread_secret"],
    ["duo_credentials_invalid", {}, "give_up"],
    ["duo_forbidden", {}, "give_up"],
    ["duo_not_found", {}, "give_up"],
    ["duo_request_invalid", {}, "give_up"],
    ["secret_not_populated", {}, "give_up"],
    ["internal", {}, "give_up"],
  ] as const)("%s after %j: %s", (code, tried, expected) => {
    expect(step(code, tried).step).toBe(expected);
  });

  test("waits longer after each failure, up to a bound, and never not at all", () => {
    const delays = (random: number): number[] =>
      [0, 1, 2, 3].map((failureCount) => {
        const next = step("duo_unreachable", { failureCount }, random);
        return next.step === "back_off" ? next.delayMs : Number.NaN;
      });
    expect(delays(0)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(delays(0.999_999).map(Math.round)).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test("ends for every error, whatever the order of the failures", () => {
    for (const first of ERROR_CODES) {
      for (const second of ERROR_CODES) {
        let tried = NOTHING_TRIED;
        let count = 0;
        for (const code of Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? first : second))) {
          const next = step(code, tried);
          if (next.step === "give_up") break;
          tried = next.tried;
          count += 1;
        }
        expect(count).toBeLessThanOrEqual(10);
      }
    }
  });
});
