import { DuolakeError, errorText } from "../core/errors.ts";
import { checkSecret, checkSourceName } from "./check-secret.ts";
import { readSecretDocument, secretDocument } from "./secret-document.ts";
import type { Secret } from "./secret.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { SECRET_PLACEHOLDER } from "./store.ts";
import type { SecretStore } from "./store.ts";

/**
 * Secrets in AWS Secrets Manager: `duolake/<label>/<log source>`, holding `{"secret_key":"…"}` (design, "Secrets").
 *
 * `set` writes a new version and keeps the other members of the document; the old version stays for a while as AWSPREVIOUS.
 * A secret is created with AWS's own key (`aws/secretsmanager`) and never deleted.
 *
 * @param label tells deployments of one account apart
 */
export function awsSecretStore(manager: SecretsManager, label: string): SecretStore {
  const nameOf = (source: string): string => {
    checkSourceName(source);
    return `duolake/${label}/${source}`;
  };
  const ask = async <T>(doing: Doing, name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw refused(doing, name, error);
    }
  };
  const read = async (source: string): Promise<Secret | "placeholder" | undefined> => {
    const name = nameOf(source);
    const text = await ask("read", name, () => manager.get(name));
    if (text === undefined) return undefined;
    const document = readSecretDocument(text);
    if ("found" in document) return document.found;
    throw new DuolakeError("secret_unreadable", `Cannot read the secret ${name}: ${document.problem}`);
  };
  return {
    status: async (source) => {
      const found = await read(source);
      return found === undefined ? "missing" : found === "placeholder" ? "placeholder" : "populated";
    },
    get: async (source) => {
      const found = await read(source);
      return found === "placeholder" ? undefined : found;
    },
    set: async (source, value) => {
      const name = nameOf(source);
      const key = checkSecret(source, value).reveal();
      const before = await ask("read", name, () => manager.get(name));
      if (before === undefined) {
        const text = secretDocument(key);
        if (await ask("create", name, () => manager.create(name, text))) return;
      }
      await ask("write", name, () => manager.put(name, secretDocument(key, before)));
    },
    createPlaceholder: async (source) => {
      const name = nameOf(source);
      return ask("create", name, () => manager.create(name, secretDocument(SECRET_PLACEHOLDER)));
    },
    describe: (source) => `the secret ${nameOf(source)} of AWS Secrets Manager`,
  };
}

type Doing = "read" | "create" | "write";

const ACTIONS: Readonly<Record<Doing, string>> = {
  read: "secretsmanager:GetSecretValue",
  create: "secretsmanager:CreateSecret",
  write: "secretsmanager:PutSecretValue",
};
/** The key that encrypts the secret is another one's, is turned off, or was removed. */
const KEY_PROBLEMS: ReadonlySet<string> = new Set(["DecryptionFailure", "EncryptionFailure"]);

function refused(doing: Doing, name: string, error: unknown): DuolakeError {
  if (error instanceof DuolakeError) return error;
  const { reason, isRetryable } = reasonOf(doing, error);
  const message = `Cannot ${doing} the secret ${name}: ${reason}`;
  return new DuolakeError("secret_unreadable", message, { retryable: isRetryable });
}

/** The SDK's messages hold names and identities, never the secret's text. */
function reasonOf(doing: Doing, error: unknown): { readonly reason: string; readonly isRetryable: boolean } {
  const text = errorText(error);
  const { name, $metadata: metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = metadata?.httpStatusCode;
  const lasting = (reason: string): ReturnType<typeof reasonOf> => ({ reason, isRetryable: false });
  if (name === "AccessDeniedException")
    return lasting(`the permission ${ACTIONS[doing]} is missing, got ${text}`);
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
  const isRetryable = status === undefined || status >= 500 || status === 429 || /throttl/i.test(name ?? "");
  return { reason: `${name ?? "unknown error"}, got ${text}`, isRetryable };
}
