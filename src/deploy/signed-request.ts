import { trustedCertificates } from "../core/trusted-certificates.ts";
import type { AwsAccess } from "./open-client.ts";

/** A request to a service of AWS for which no package is worth its size. */
export interface ServiceRequest {
  /** As it stands in the address and in the signature. */
  readonly service: "lambda" | "lakeformation" | "monitoring";
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly contentType: string;
  readonly body?: string;
}

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Sends one signed request, once.
 *
 * @returns throws what the credentials and the network throw; a refusal is an answer
 */
export async function signedRequest(
  { endpoint, profile, credentials }: AwsAccess,
  region: string,
  { service, method, path, contentType, body }: ServiceRequest,
): Promise<{ readonly status: number; readonly text: string }> {
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
    headers: { host: url.host, "content-type": contentType },
    ...(body !== undefined && { body }),
  });
  const { request, Agent } = await import("undici");
  const ca = await trustedCertificates();
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
  try {
    const { statusCode: status, body: answer } = await request(url, {
      method,
      headers: signed.headers,
      body: body ?? null,
      dispatcher,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { status, text: await answer.text() };
  } finally {
    await dispatcher.close();
  }
}
