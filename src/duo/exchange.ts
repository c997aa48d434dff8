import { type Clock, throwIfStopped } from "../core/clock.ts";
import type { DuolakeError } from "../core/errors.ts";
import type { Http, HttpResponse } from "../core/http.ts";
import { isJsonObject, type Json, parseJson } from "../core/json.ts";
import { duoError, readFailure, unreachable } from "./duo-error.ts";
import { authorization, canonicalParams, type Params, rfc2822Date } from "./sign.ts";

export interface DuoAnswer {
  /** The envelope's `response`. */
  readonly response: Json;
  /**
   * When the answer was complete, by Duo's clock as far as it is known, ms since 1970. Not by this machine's: what has no time of
   * its own is found again by this one, among rows whose times are Duo's.
   */
  readonly fetchedAtMs: number;
}

/** What became of one request. */
export type Outcome =
  | { readonly answer: DuoAnswer }
  | { readonly error: DuolakeError; readonly retryAfterMs: number | undefined };

export interface ExchangeOptions {
  readonly apiHostname: string;
  readonly integrationKey: string;
  readonly baseUrl: string;
  readonly http: Http;
  readonly clock: Clock;
  /** The time to sign with, ms since 1970: Duo's clock as far as it is known. */
  readonly serverNowMs: () => number;
  /** `status` is the HTTP status, 0 when no answer came. */
  readonly onRequest?: ((path: string, status: number, durationMs: number) => void) | undefined;
}

export interface ExchangeRequest {
  readonly path: string;
  readonly params: Params;
  /** A JSON text makes it a POST; without one it is a GET. */
  readonly body?: string | undefined;
  readonly permission: string;
  readonly secretKey: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one signed request, once, and reads the envelope. The date is fresh for each request: one that was computed earlier
 * is refused after a while. Failures are values; only `stopped` is thrown.
 */
export async function exchange(options: ExchangeOptions, request: ExchangeRequest): Promise<Outcome> {
  const { apiHostname, integrationKey, baseUrl, http, clock } = options;
  const { path, params, body, secretKey, signal } = request;
  const date = rfc2822Date(options.serverNowMs());
  const method = body === undefined ? "GET" : "POST";
  const sent = body === undefined ? {} : { body };
  const toSign = { scheme: "v5", date, method, host: apiHostname, path, params, ...sent } as const;
  const query = canonicalParams(params);
  const startMs = clock.nowMs();
  const failed = { apiHostname, path, permission: request.permission };
  try {
    const response = await http({
      method,
      url: `${baseUrl}${path}${query === "" ? "" : `?${query}`}`,
      headers: {
        Date: date,
        Authorization: authorization(toSign, integrationKey, secretKey),
        Accept: "application/json",
        "User-Agent": "duolake",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...sent,
      ...(signal === undefined ? {} : { signal }),
    });
    const nowMs = clock.nowMs();
    options.onRequest?.(path, response.status, nowMs - startMs);
    const envelope = tryParse(response.body);
    // A 200 whose envelope says FAIL is a failure, and so is anything that is not an envelope.
    if (
      response.status === 200 &&
      isJsonObject(envelope) &&
      envelope["stat"] === "OK" &&
      envelope["response"] !== undefined
    ) {
      return { answer: { response: envelope["response"], fetchedAtMs: options.serverNowMs() } };
    }
    return {
      error: duoError(readFailure(response.status, envelope), failed),
      retryAfterMs: retryAfterMs(response, options.serverNowMs()),
    };
  } catch (error) {
    throwIfStopped(signal);
    options.onRequest?.(path, 0, clock.nowMs() - startMs);
    return { error: unreachable(error, failed), retryAfterMs: undefined };
  }
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads Retry-After in either form (RFC 9110, 10.2.3); undefined where it is absent or unreadable. A date is by the server's
 * clock, which the answer's own date tells.
 */
function retryAfterMs({ headers }: HttpResponse, serverNowMs: number): number | undefined {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only what begins with a day's name is a date: the engine would read one into "-5" too.
  if (!/^[A-Z]/i.test(text)) return undefined;
  const waitMs = Date.parse(text) - (Date.parse(headers["date"] ?? "") || serverNowMs);
  // A date may be as far away as no time can be written; nine digits of seconds is the end of it in either form.
  return waitMs < 1e12 ? Math.max(0, waitMs) : undefined;
}
