import type { Clock } from "../../../core/clock.ts";
import { DuolakeError } from "../../../core/errors.ts";
import type { Http, HttpResponse } from "../../../core/http.ts";
import { isJsonObject, parseJson } from "../../../core/json.ts";
import { restError } from "./rest-error.ts";
import { failureOf, unanswered, unreadable } from "./rest-failure.ts";
import { restRetried } from "./rest-retry.ts";

/** Tokens of whom nobody says how long they last are asked for anew after so long. */
const LIFE_MS_DEFAULT = 3_600_000;
/** A new one is fetched when so much of its life is left, or a tenth of it. */
const MARGIN_MS_MAX = 60_000;

/** Gives the token that is valid now. */
export interface OauthToken {
  readonly get: () => Promise<string>;
  /** Forgets the token, so that the next `get` asks for another. */
  readonly forget: () => void;
}

/**
 * Tokens of the OAuth 2 client credentials flow (RFC 6749, 4.4), fetched when first needed and again shortly before they expire.
 *
 * @throws (get) lake_unwritable where the credential is refused, or the server cannot be reached
 */
export function oauthToken(options: {
  readonly http: Http;
  readonly clock: Clock;
  readonly tokenUri: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}): OauthToken {
  const { clock } = options;
  let current: Promise<{ readonly text: string; readonly renewAtMs: number }> | undefined;
  const get = async (): Promise<string> => {
    const asked = (current ??= fetchToken(options));
    try {
      const token = await asked;
      if (clock.nowMs() < token.renewAtMs) return token.text;
    } catch (error) {
      if (current === asked) current = undefined;
      throw error;
    }
    if (current === asked) current = undefined;
    return (await (current ??= fetchToken(options))).text;
  };
  return {
    get,
    forget: () => {
      current = undefined;
    },
  };
}

async function fetchToken(
  options: Parameters<typeof oauthToken>[0],
): Promise<{ readonly text: string; readonly renewAtMs: number }> {
  const { http, clock, tokenUri, clientId, clientSecret, scope } = options;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
  try {
    return await restRetried(clock, { isRepeatable: true }, async () => {
      const answer = await http({ method: "POST", url: tokenUri, headers, body }).catch((error: unknown) => {
        throw unanswered(error);
      });
      if (answer.status === 400 || answer.status === 401) throw refusal(answer);
      if (answer.status !== 200) throw failureOf(answer);
      return tokenOf(answer, clock.nowMs());
    });
  } catch (error) {
    throw restError(error, `get a token from ${tokenUri}`);
  }
}

function tokenOf(answer: HttpResponse, nowMs: number): { readonly text: string; readonly renewAtMs: number } {
  const json = jsonOf(answer.body);
  const text = json?.["access_token"];
  if (typeof text !== "string" || text === "") throw unreadable(answer.status, "there is no access_token");
  const seconds = Number(json?.["expires_in"] ?? Number.NaN);
  const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : LIFE_MS_DEFAULT;
  return { text, renewAtMs: nowMs + lifeMs - Math.min(MARGIN_MS_MAX, lifeMs / 10) };
}

function jsonOf(body: string): { readonly [key: string]: unknown } | undefined {
  try {
    const json = parseJson(body);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function refusal(answer: HttpResponse): DuolakeError {
  return new DuolakeError(
    "lake_unwritable",
    `Cannot get a token for the catalog: the credential was refused, got ${failureOf(answer).message}; set DUOLAKE_CATALOG_CREDENTIAL to id:secret of a client that the catalog knows, and lake.catalog.oauth2.scope to what it may ask for`,
  );
}
