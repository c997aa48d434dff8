import { describe, expect, test } from "vitest";
import { judge, type PullFailure } from "../../src/aws/pull-verdict.ts";

const failure = (code: PullFailure["code"]): PullFailure => ({ code, message: "Cannot" });

describe("judge", () => {
  test("calls a visit without failures good", () => {
    expect(judge([])).toEqual({ isFailed: false, isRateLimited: false, isToBeRepeated: false });
  });

  test.each([
    "duo_signature_invalid",
    "duo_credentials_invalid",
    "duo_forbidden",
    "duo_server_error",
    "duo_unreachable",
    "duo_response_invalid",
  ] as const)("takes %s for a state: counted, and not repeated before the next tick", (code) => {
    expect(judge([failure(code)])).toEqual({
      isFailed: true,
      isRateLimited: false,
      isToBeRepeated: false,
    });
  });

  test("takes 429 and a lost race for no failure", () => {
    expect(judge([failure("duo_rate_limited")])).toMatchObject({ isFailed: false, isRateLimited: true });
    expect(judge([failure("cursor_moved")])).toMatchObject({ isFailed: false, isToBeRepeated: false });
  });

  test.each([
    "lake_unwritable",
    "lake_commit_conflict",
    "lake_metadata_invalid",
    "secret_unreadable",
    "cursor_unsupported",
    "package_missing",
    "internal",
  ] as const)("has a message repeated after %s, whatever else went wrong", (code) => {
    expect(judge([failure("duo_rate_limited"), failure(code)])).toEqual({
      isFailed: true,
      isRateLimited: true,
      isToBeRepeated: true,
    });
  });
});
