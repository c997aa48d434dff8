import { createHash, createHmac } from "node:crypto";

/**
 * `v5` signs seven lines with HMAC-SHA512 (Duo's current scheme); the two legacy schemes sign the first five.
 */
export type SignatureScheme = "v5" | "legacy_sha512" | "legacy_sha1";

/** Request parameters in any order; a key may come more than once. */
export type Params = readonly (readonly [key: string, value: string])[];

export interface RequestToSign {
  readonly scheme: SignatureScheme;
  /** RFC 2822, byte for byte what the `Date` (or `X-Duo-Date`) header carries. */
  readonly date: string;
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly path: string;
  /** Query parameters; for a legacy form POST the body's. */
  readonly params: Params;
  /** The body of a v5 request, exactly as sent; empty for GET. */
  readonly body?: string;
  /** Further headers; those that start with `x-duo-` are signed under v5. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Writes parameters in Duo's canonical form, which is also the query string we send.
 *
 * Every byte but `A-Z a-z 0-9 - _ . ~` is percent-encoded in upper case; pairs are sorted by encoded key, then
 * value (Duo Admin API, "Authentication"). The server canonicalizes again, so anything else would still be signed right
 * but this leaves no room for doubt.
 */
export function canonicalParams(params: Params): string {
  return params
    .map(([key, value]) => [encode(key), encode(value)] as const)
    .sort(([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

/** Gives the text that is signed: five lines, or seven under `v5`. */
export function canonicalRequest(request: RequestToSign): string {
  const lines = [
    request.date,
    request.method,
    request.host.toLowerCase(),
    request.path,
    request.body === undefined || request.scheme !== "v5" ? canonicalParams(request.params) : "",
  ];
  if (request.scheme === "v5") {
    lines.push(sha512(request.body ?? ""), sha512(canonicalHeaders(request.headers ?? {})));
  }
  return lines.join("\n");
}

/** Signs a request: lower-case hex HMAC of the canonical request under the secret key. */
export function signature(request: RequestToSign, secretKey: string): string {
  const digest = request.scheme === "legacy_sha1" ? "sha1" : "sha512";
  return createHmac(digest, secretKey).update(canonicalRequest(request), "utf8").digest("hex");
}

/** Gives the value of the `Authorization` header. */
export function authorization(request: RequestToSign, integrationKey: string, secretKey: string): string {
  const credentials = `${integrationKey}:${signature(request, secretKey)}`;
  return `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`;
}

/** Formats an instant as Duo wants it, English whatever the locale: `Tue, 21 Aug 2012 17:29:18 -0000`. */
export function rfc2822Date(atMs: number): string {
  return new Date(atMs).toUTCString().replace(/GMT$/, "-0000");
}

function encode(text: string): string {
  // encodeURIComponent leaves these five bare; Duo encodes them.
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith("x-duo-"))
    .sort(([a], [b]) => compare(a, b))
    .flat()
    .join("\0");
}

function sha512(text: string): string {
  return createHash("sha512").update(text, "utf8").digest("hex");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
