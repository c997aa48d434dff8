import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import type { DuoRequest, Pair } from "./request.ts";

/** What a signature covers and the key it is made with. */
export interface SignatureBase {
  /** The date header's text, byte for byte. */
  readonly date: string;
  /** The host that was signed, in lower case; never taken from the `Host` header, since a test goes through another address. */
  readonly host: string;
  readonly secretKey: string;
}

/** The parts of a request that are signed. */
export type Signed = Pick<DuoRequest, "method" | "path" | "query" | "params" | "body" | "headers">;

/**
 * Parameters in canonical form: each key and value percent-encoded but for letters, digits and `-_.~`, sorted by
 * encoded key, then by encoded value.
 */
export function canonicalParams(pairs: readonly Pair[]): string {
  return pairs
    .map(([key, value]) => [encode(key), encode(value)] as const)
    .sort(([keyA, valueA], [keyB, valueB]) => order(keyA, keyB) || order(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

/**
 * Checks a hexadecimal signature. 40 digits are HMAC-SHA1 over five lines; 128 digits are HMAC-SHA512 over
 * seven lines (with the hashes of body and `X-Duo-*` headers) or, as one client does it, over five.
 */
export function isSignatureValid(request: Signed, base: SignatureBase, signature: string): boolean {
  if (/^[0-9a-f]{40}$/.test(signature))
    return matches("sha1", fiveLines(request, base), base.secretKey, signature);
  if (!/^[0-9a-f]{128}$/.test(signature)) return false;
  return (
    matches("sha512", sevenLines(request, base), base.secretKey, signature) ||
    matches("sha512", fiveLines(request, base), base.secretKey, signature)
  );
}

function fiveLines({ method, path, query, params, headers }: Signed, { date, host }: SignatureBase): string {
  const isForm = (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  const signedParams = canonicalParams(isForm ? params : query);
  return [date, method.toUpperCase(), host, path, signedParams].join("\n");
}

function sevenLines(request: Signed, { date, host }: SignatureBase): string {
  const { method, path, query, body, headers } = request;
  const lines = [
    date,
    method.toUpperCase(),
    host,
    path,
    canonicalParams(query),
    sha512(body),
    sha512(duoHeaders(headers)),
  ];
  return lines.join("\n");
}

/** Name and value of each `X-Duo-*` header, sorted by name, joined with NUL. */
function duoHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith("x-duo-"))
    .sort(([a], [b]) => order(a, b))
    .flat()
    .join("\0");
}

function matches(digest: string, text: string, ...[secretKey, signature]: [string, string]): boolean {
  const expected = createHmac(digest, secretKey).update(text, "utf8").digest();
  return timingSafeEqual(expected, Buffer.from(signature, "hex"));
}

function sha512(text: string): string {
  return createHash("sha512").update(text, "utf8").digest("hex");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** By code unit: encoded text is ASCII, so this is the order of its bytes. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
