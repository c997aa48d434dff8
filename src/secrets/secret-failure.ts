import { DuolakeError, errorText } from "../core/errors.ts";

/** What is being done to a secret. */
export type Doing = "read" | "create" | "write";

/** The key that encrypts the secret is another one's, is turned off, or was removed. */
const KEY_PROBLEMS: ReadonlySet<string> = new Set(["DecryptionFailure", "EncryptionFailure", "InvalidKeyId"]);

/** Makes a failure of the SDK one that says what an operator can do. @param action the permission that the request needs */
export function secretFailure(
  error: unknown,
  { doing, name, action }: { readonly doing: Doing; readonly name: string; readonly action: string },
): DuolakeError {
  if (error instanceof DuolakeError) return error;
  const { reason, isRetryable } = reasonOf(error, action);
  const message = `Cannot ${doing} the secret ${name}: ${reason}`;
  return new DuolakeError("secret_unreadable", message, { retryable: isRetryable });
}

/** The SDK's messages hold names and identities, never the secret's text. */
function reasonOf(
  error: unknown,
  action: string,
): { readonly reason: string; readonly isRetryable: boolean } {
  const text = errorText(error);
  const { name, $metadata: metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = metadata?.httpStatusCode;
  const lasting = (reason: string): ReturnType<typeof reasonOf> => ({ reason, isRetryable: false });
  if (name === "AccessDeniedException") return lasting(`the permission ${action} is missing, got ${text}`);
  if (
    name === "InvalidRequestException" &&
    /scheduled for deletion|marked for deletion|deleted/i.test(text)
  ) {
    return lasting(
      "it is scheduled for deletion; take that back with: aws secretsmanager restore-secret --secret-id NAME",
    );
  }
  if (KEY_PROBLEMS.has(name ?? "")) return lasting(`its KMS key cannot be used, got ${text}`);
  if (/credential/i.test(name ?? "")) {
    return lasting(
      `no AWS credentials were found, got ${text}; set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role`,
    );
  }
  if (/region is missing/i.test(text)) return lasting("the region is not known, got none; set AWS_REGION");
  const isRetryable =
    status === undefined || status >= 500 || status === 429 || /throttl|TooManyUpdates/i.test(name ?? "");
  return { reason: `${name ?? "unknown error"}, got ${text}`, isRetryable };
}
