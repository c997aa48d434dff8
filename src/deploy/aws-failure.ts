import { DuolakeError, errorText, type ErrorCode, systemCode } from "../core/errors.ts";

/**
 * Says in words what AWS, or the way to it, had against a request, and what to do.
 *
 * @param doing what could not be done: `make the change set of duolake-main`
 * @param error of the SDK; an error of this program is given back as it is
 */
export function awsFailure(doing: string, error: unknown): DuolakeError {
  if (error instanceof DuolakeError) return error;
  const { code, reason, isRetryable = false } = reasonOf(error);
  return new DuolakeError(code, `Cannot ${doing}: ${reason}`, { retryable: isRetryable, cause: error });
}

interface Reason {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly isRetryable?: boolean;
}

const EXPIRED = /expired/i;
const UNKNOWN_KEY =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|AuthFailure|SignatureDoesNotMatch|IncompleteSignature|InvalidToken)/;
const NETWORK_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
]);

function reasonOf(error: unknown): Reason {
  const text = errorText(error).replace(/\s+/g, " ").trim();
  const name = error instanceof Error ? error.name : "";
  return (
    credentialsReason(name, text) ??
    permissionReason(name, text) ??
    networkReason(error, name, text) ?? {
      code: "aws_refused",
      reason: `AWS refused it, got ${name === "" || name === "Error" ? "" : `${name}: `}${text}`,
      isRetryable: /throttl|toomanyrequests|slowdown|internal|unavailable/i.test(name),
    }
  );
}

function credentialsReason(name: string, text: string): Reason | undefined {
  const code = "aws_credentials_invalid";
  const isProvider = /^(Credentials|Token)ProviderError$/.test(name) || /load credentials/i.test(text);
  const isExpired = /^(ExpiredToken|RequestExpired|TokenRefreshRequired)/.test(name);
  if (isExpired || (isProvider && EXPIRED.test(text))) {
    return {
      code,
      reason: `the credentials have expired, got ${text}; sign in anew (aws sso login, or new keys)`,
    };
  }
  if (UNKNOWN_KEY.test(name)) {
    return {
      code,
      reason: `AWS does not know these credentials, got ${name}: ${text}; check AWS_PROFILE, --profile, the access key, and that the region is turned on in the account`,
    };
  }
  if (!isProvider) return undefined;
  return {
    code,
    reason: `no AWS credentials were found, got ${text}; name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
  };
}

function permissionReason(name: string, text: string): Reason | undefined {
  if (!/^(AccessDenied|Unauthorized|Forbidden)/.test(name) && !/not authorized to perform/.test(text)) {
    return undefined;
  }
  const permission = missingPermission(text);
  const what =
    permission === undefined ? "a permission is missing" : `the permission ${permission} is missing`;
  const hint = /lake formation/i.test(text)
    ? "; AWS Lake Formation governs this: its administrator grants it"
    : "; let an administrator grant it";
  return { code: "aws_forbidden", reason: `${what}${hint}, got ${text}` };
}

/** The action that a refusal names: `cloudformation:CreateChangeSet`. */
export function missingPermission(text: string): string | undefined {
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(text)?.[1];
}

function networkReason(error: unknown, name: string, text: string): Reason | undefined {
  const code = systemCode(error);
  if (/region is missing/i.test(text)) {
    return { code: "usage_invalid", reason: "the region is not known, got none; set --region or AWS_REGION" };
  }
  if (code === "ENOTFOUND") {
    const reason = `there is no such address; check the region and the network, got ${text}`;
    return { code: "aws_unreachable", reason };
  }
  if (NETWORK_CODES.has(code ?? "") || /^(TimeoutError|NetworkingError)$/.test(name)) {
    return { code: "aws_unreachable", reason: `AWS cannot be reached, got ${text}`, isRetryable: true };
  }
  return undefined;
}
