import type { Clock } from "../../../core/clock.ts";
import { DuolakeError } from "../../../core/errors.ts";
import type { Http, HttpRequest } from "../../../core/http.ts";
import { oauthToken } from "./oauth-token.ts";
import { CREDENTIAL_VARIABLE, type RestChoice, type RestReach, TOKEN_VARIABLE } from "./rest-options.ts";
import { requestSigner } from "./sign-request.ts";

/** Tells the server who asks. */
export interface RestAuth {
  /** The request with the proof; it is asked for each time that one is sent. */
  readonly prove: (request: HttpRequest) => Promise<HttpRequest>;
  /** Forgets a proof that was refused; false where there is no other to be had. */
  readonly renew: () => boolean;
}

/**
 * The authentication that the configuration names; secrets come from the environment and stay in here.
 *
 * @throws config_invalid where the environment lacks the secret, or `sigv4` its names
 */
export function restAuth(
  choice: RestChoice,
  tools: {
    readonly http: Http;
    readonly clock: Clock;
    readonly env: NonNullable<RestReach["env"]>;
  },
): RestAuth {
  switch (choice.auth ?? "none") {
    case "none":
      return { prove: async (request) => request, renew: () => false };
    case "bearer": {
      const token = secretOf(tools.env, { variable: TOKEN_VARIABLE, auth: "bearer", form: "the token" });
      return { prove: async (request) => withToken(request, token), renew: () => false };
    }
    case "oauth2":
      return oauthOf(choice, tools);
    case "sigv4": {
      if (choice.sigv4 === undefined) {
        throw new DuolakeError(
          "config_invalid",
          "Cannot open the lake: catalog auth sigv4 needs a service and a region, got none; set lake.catalog.sigv4",
        );
      }
      const sign = requestSigner({ ...choice.sigv4, nowMs: tools.clock.nowMs });
      return { prove: sign, renew: () => false };
    }
  }
}

function oauthOf(choice: RestChoice, tools: Parameters<typeof restAuth>[1]): RestAuth {
  const { tokenUri, scope = "catalog", clientId } = choice.oauth2 ?? {};
  const credential = secretOf(tools.env, {
    variable: CREDENTIAL_VARIABLE,
    auth: "oauth2",
    form: clientId === undefined ? "id:secret" : "the client's secret",
  });
  const colon = credential.indexOf(":");
  if (clientId === undefined && colon < 1) {
    throw new DuolakeError(
      "config_invalid",
      `Cannot open the lake: ${CREDENTIAL_VARIABLE} must be id:secret, got no colon after an id; or set lake.catalog.oauth2.client_id`,
    );
  }
  const token = oauthToken({
    http: tools.http,
    clock: tools.clock,
    scope,
    tokenUri: tokenUri ?? `${choice.uri.replace(/\/+$/, "")}/v1/oauth/tokens`,
    clientId: clientId ?? credential.slice(0, colon),
    clientSecret: clientId === undefined ? credential.slice(colon + 1) : credential,
  });
  return {
    prove: async (request) => withToken(request, await token.get()),
    renew: () => {
      token.forget();
      return true;
    },
  };
}

function withToken(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

function secretOf(
  env: NonNullable<RestReach["env"]>,
  wanted: { readonly variable: string; readonly auth: string; readonly form: string },
): string {
  const text = env[wanted.variable]?.trim() ?? "";
  if (text !== "") return text;
  throw new DuolakeError(
    "config_invalid",
    `Cannot open the lake: catalog auth ${wanted.auth} needs ${wanted.form} in the environment, got no ${wanted.variable}`,
  );
}
