import { DuolakeError, errorText, systemCode } from "../core/errors.ts";
import { isJsonObject, type Json } from "../core/json.ts";

/** What is known of the request that failed; none of it is secret. */
export interface FailedRequest {
  readonly apiHostname: string;
  readonly path: string;
  /** The permission of the application that the endpoint needs. */
  readonly permission: string;
}

/** What Duo said went wrong: the FAIL envelope, as far as it could be read. */
export interface DuoFailure {
  /** HTTP status. */
  readonly status: number;
  /** Five digits, the first three being an HTTP status; undefined when the answer had none. */
  readonly code: number | undefined;
  readonly message: string;
}

/** Messages go into logs and the journal. */
const MESSAGE_LENGTH_MAX = 500;

/**
 * Reads a FAIL envelope (Duo Admin API, "Response Format"): `{"stat":"FAIL","code":40301,"message":…,"message_detail":…}`.
 *
 * @param status the HTTP status
 * @param body the parsed body, or undefined where it was not JSON
 */
export function readFailure(status: number, body: Json | undefined): DuoFailure {
  if (!isJsonObject(body)) return { status, code: undefined, message: "no Duo message" };
  const message = [body["message"], body["message_detail"]]
    .filter((part): part is string => typeof part === "string" && part !== "")
    .join(": ")
    .slice(0, MESSAGE_LENGTH_MAX);
  return { status, code: readCode(body["code"]), message: message === "" ? "no Duo message" : message };
}

/** Some answers carry the code as text; what does not start with an HTTP status is no code. */
function readCode(value: Json | undefined): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^[1-5]\d{4}$/.test(text) ? Number(text) : undefined;
}

/** Turns a failure that Duo reported into the error that says what the operator must do. */
export function duoError(failure: DuoFailure, request: FailedRequest): DuolakeError {
  const status = failure.code === undefined ? failure.status : Math.floor(failure.code / 100);
  const said = `Duo said ${failure.code ?? failure.status} ${JSON.stringify(failure.message)}`;
  const make = (code: DuolakeError["code"], reason: string, retryable = false): DuolakeError =>
    new DuolakeError(code, `Cannot read ${request.path} from ${request.apiHostname}: ${reason} (${said})`, {
      retryable,
    });
  if (failure.code === 40101 || failure.code === 40102) {
    return make(
      "duo_credentials_invalid",
      "the integration key is not known at this API hostname; check integration_key and api_hostname in log_source.yml " +
        "against the Admin API application in the Duo Admin Panel",
    );
  }
  if (failure.code === 40103) {
    return make(
      "duo_signature_invalid",
      "the secret key is wrong; copy it again from the Admin API application and store it with `duolake secret set`",
    );
  }
  if (failure.code === 40104 || failure.code === 40105) {
    return make("duo_clock_skew", "this machine's clock is wrong; turn on time synchronization", true);
  }
  if (status === 401)
    return make("duo_credentials_invalid", "the integration key or the secret key was refused");
  if (status === 403 && request.path.startsWith("/accounts/")) {
    return make(
      "duo_forbidden",
      "these are not the credentials of an Accounts API application, or this machine's address is not in its allowed networks; " +
        "an Owner of the parent account finds the application in the Duo Admin Panel under Applications",
    );
  }
  if (status === 403) {
    return make(
      "duo_forbidden",
      `the application lacks the permission "${request.permission}", or this machine's address is not in its allowed networks, ` +
        "or the account's edition does not have this log; an Owner grants it in the Duo Admin Panel under Applications",
    );
  }
  if (status === 404 || status === 405 || status === 410) {
    return make(
      "duo_not_found",
      "Duo does not serve this endpoint at this API hostname; check api_hostname in log_source.yml",
    );
  }
  if (status === 429) return make("duo_rate_limited", "too many requests were sent to this account", true);
  // 408 is what proxies and gateways say when they waited in vain.
  if (status >= 500 || status === 408)
    return make("duo_server_error", "Duo is not able to answer right now", true);
  if (status >= 400) return make("duo_request_invalid", "Duo refused the request");
  return make("duo_response_invalid", "the answer is not one that Duo's documentation describes", true);
}

// What the operating system, TLS and undici call the failures that an operator can do something about.
const TRANSPORT_HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    "the host name could not be resolved; check api_hostname and this machine's DNS",
  ],
  [
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
    "no connection could be made; check the network, the firewall and HTTPS_PROXY",
  ],
  [
    /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/,
    "the connection timed out; check the network, the firewall and HTTPS_PROXY",
  ],
  [/^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, "the answer took too long"],
  [
    /CERT|^UNABLE_TO|SELF_SIGNED|^ERR_TLS|^ERR_SSL|^EPROTO$/,
    "no trusted TLS connection could be made; if a proxy inspects traffic, add its certificate authority to the system trust store or NODE_EXTRA_CA_CERTS",
  ],
  [/^UND_ERR_RES_EXCEEDED_MAX_SIZE$/, "the answer is too large"],
  [/^UND_ERR_ABORTED$/, "the proxy did not let the connection through; check HTTPS_PROXY"],
  [/^(ERR_INVALID_URL|UND_ERR_INVALID_ARG)$/, "the address in HTTPS_PROXY or HTTP_PROXY is not a URL"],
];

/** Turns a failure of the transport into a `duo_unreachable` that names the cause. */
export function unreachable(error: unknown, request: FailedRequest): DuolakeError {
  const code = systemCode(error) ?? systemCode((error as { cause?: unknown } | undefined)?.cause) ?? "";
  const hint = TRANSPORT_HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? "the connection broke off";
  // undici says which status the proxy gave in the message only.
  const got = code === "" || code === "UND_ERR_ABORTED" ? errorText(error) : code;
  return new DuolakeError("duo_unreachable", `Cannot reach ${request.apiHostname}: ${hint}, got ${got}`, {
    retryable: true,
    cause: error,
  });
}
