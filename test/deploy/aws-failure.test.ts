import { describe, expect, test } from "vitest";
import { DuolakeError } from "../../src/core/errors.ts";
import { awsFailure } from "../../src/deploy/aws-failure.ts";

const failed = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

describe("awsFailure", () => {
  test.each([
    [
      "CredentialsProviderError",
      "Could not load credentials from any providers",
      "aws_credentials_invalid",
      "--profile",
    ],
    [
      "CredentialsProviderError",
      "Token is expired. To refresh this SSO session run aws sso login",
      "aws_credentials_invalid",
      "have expired",
    ],
    [
      "ExpiredToken",
      "The security token included in the request is expired",
      "aws_credentials_invalid",
      "have expired",
    ],
    [
      "InvalidClientTokenId",
      "The security token is invalid",
      "aws_credentials_invalid",
      "does not know these",
    ],
    [
      "AccessDenied",
      "User: arn:x is not authorized to perform: cloudformation:CreateChangeSet on resource: y",
      "aws_forbidden",
      "the permission cloudformation:CreateChangeSet is missing",
    ],
    [
      "AccessDeniedException",
      "Insufficient Lake Formation permission(s): Required Describe on x",
      "aws_forbidden",
      "AWS Lake Formation governs this",
    ],
    ["Error", "Region is missing", "usage_invalid", "--region"],
    [
      "ValidationError",
      "Parameters: [X] do not exist in the template",
      "aws_refused",
      "ValidationError: Parameters: [X]",
    ],
  ])("says what to do after %s", (name, message, code, said) => {
    const error = awsFailure("read the stack x", failed(name, message));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toMatch(/^Cannot read the stack x: /);
    expect(error.message).toContain(said);
    expect(error.message).not.toContain("\n");
  });

  test("tells a wrong region from a network that is down", () => {
    const absent = failed("Error", "getaddrinfo ENOTFOUND sts.eu-nowhere-1.amazonaws.com", {
      code: "ENOTFOUND",
    });
    expect(awsFailure("x", absent)).toMatchObject({ code: "aws_unreachable", retryable: false });
    expect(awsFailure("x", absent).message).toContain("check the region");
    const down = failed("Error", "connect ECONNREFUSED", { code: "ECONNREFUSED" });
    expect(awsFailure("x", down)).toMatchObject({ code: "aws_unreachable", retryable: true });
  });

  test("a throttled request may be sent again", () => {
    expect(awsFailure("x", failed("Throttling", "Rate exceeded"))).toMatchObject({
      code: "aws_refused",
      retryable: true,
    });
  });

  test("an error of ours stays as it is", () => {
    const error = new DuolakeError("deploy_refused", "Cannot");
    expect(awsFailure("x", error)).toBe(error);
  });
});
