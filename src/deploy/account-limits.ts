import { trustedCertificates } from "../core/trusted-certificates.ts";
import type { AwsAccess } from "./open-client.ts";

/** What an account lets a deployment do; undefined is what could not be read, most often for want of a permission. */
export interface AccountLimits {
  /** How many runs of functions the account may have at once. */
  readonly lambdaConcurrency: () => Promise<number | undefined>;
  /** True where Lake Formation, and not IAM, governs new databases and tables. */
  readonly isLakeFormationOnly: () => Promise<boolean | undefined>;
}

interface Question {
  readonly service: "lambda" | "lakeformation";
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
}

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Asks AWS Lambda and AWS Lake Formation, one request each, without their packages. Whatever goes wrong gives undefined: these
 * are hints, and a deployment does not need the permissions that they take.
 *
 * @param region of the deployment
 */
export function accountLimits(access: AwsAccess, region: string): AccountLimits {
  const ask = async (question: Question): Promise<unknown> => {
    try {
      return await signedJson(access, region, question);
    } catch {
      return undefined;
    }
  };
  return {
    lambdaConcurrency: async () => {
      const answer = await ask({ service: "lambda", method: "GET", path: "/2016-08-19/account-settings/" });
      const limit = (answer as LambdaSettings | undefined)?.AccountLimit?.ConcurrentExecutions;
      return typeof limit === "number" ? limit : undefined;
    },
    isLakeFormationOnly: async () => {
      const question = { method: "POST", path: "/GetDataLakeSettings", body: "{}" } as const;
      const answer = await ask({ service: "lakeformation", ...question });
      const settings = (answer as LakeSettings | undefined)?.DataLakeSettings;
      return settings === undefined ? undefined : (settings.CreateTableDefaultPermissions ?? []).length === 0;
    },
  };
}

interface LambdaSettings {
  readonly AccountLimit?: { readonly ConcurrentExecutions?: unknown };
}
interface LakeSettings {
  readonly DataLakeSettings?: { readonly CreateTableDefaultPermissions?: readonly unknown[] };
}

async function signedJson(
  { endpoint, profile, credentials }: AwsAccess,
  region: string,
  { service, method, path, body }: Question,
): Promise<unknown> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { Sha256 } = await import("@aws-crypto/sha256-js");
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  const host = `${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const url = new URL(path, endpoint ?? `https://${host}`);
  const found = credentials ?? (await defaultProvider(profile === undefined ? {} : { profile })());
  const signer = new SignatureV4({ service, region, credentials: found, sha256: Sha256 });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host, "content-type": "application/json" },
    ...(body !== undefined && { body }),
  });
  const { request, Agent } = await import("undici");
  const ca = await trustedCertificates();
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
  try {
    const { statusCode, body: answer } = await request(url, {
      method,
      headers: signed.headers,
      body: body ?? null,
      dispatcher,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const text = await answer.text();
    return statusCode === 200 ? (JSON.parse(text) as unknown) : undefined;
  } finally {
    await dispatcher.close();
  }
}
