import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  API_HOSTNAME,
  fail,
  PATH,
  reply,
  scriptedClient,
  SECRET_KEY,
  type Step,
} from "./support/scripted-duo.ts";

interface Case {
  readonly name: string;
  readonly step: Step;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** Requests sent before giving up. */
  readonly requestCount: number;
  /** What the message must tell the operator. */
  readonly says: readonly string[];
}

const FOR_EVER = { retryable: false, requestCount: 1 } as const;
const FOR_NOW = { retryable: true, requestCount: 5 } as const;
const CREDENTIALS = { ...FOR_EVER, code: "duo_credentials_invalid" } as const;
const FORBIDDEN = { ...FOR_EVER, code: "duo_forbidden" } as const;
const NOT_FOUND = { ...FOR_EVER, code: "duo_not_found", says: ["api_hostname"] } as const;
const SERVER_ERROR = { ...FOR_NOW, code: "duo_server_error" } as const;
const INVALID = { ...FOR_NOW, code: "duo_response_invalid" } as const;
const KEY = ["integration_key", "api_hostname"];
const PERMISSION = ['"Grant read log"', "Admin Panel"];

/** Something that is no code of Duo's is no reason to take a 403 for anything else. */
function forbiddenWithCode(code: unknown): Case {
  const step = reply(403, { stat: "FAIL", code });
  return { ...FORBIDDEN, name: `403 with the code ${JSON.stringify(code)}`, step, says: ["403"] };
}

const CASES: readonly Case[] = [
  {
    ...FOR_EVER,
    name: "40001",
    step: fail(40001, "mintime"),
    code: "duo_request_invalid",
    says: ["mintime"],
  },
  {
    ...FOR_EVER,
    name: "40002",
    step: fail(40002, "maxtime"),
    code: "duo_request_invalid",
    says: ["40002", "maxtime"],
  },
  { ...CREDENTIALS, name: "40101", step: fail(40101), says: KEY },
  { ...CREDENTIALS, name: "40102", step: fail(40102), says: KEY },
  { ...CREDENTIALS, name: "401 without code", step: reply(401, "<html>"), says: ["key"] },
  {
    ...FOR_EVER,
    name: "40103",
    step: fail(40103),
    code: "duo_signature_invalid",
    requestCount: 2,
    says: ["duolake secret set"],
  },
  {
    ...FOR_EVER,
    name: "40104",
    step: fail(40104),
    code: "duo_clock_skew",
    retryable: true,
    says: ["time synchronization"],
  },
  {
    ...FOR_EVER,
    name: "40105",
    step: fail(40105),
    code: "duo_clock_skew",
    retryable: true,
    says: ["in step with Duo's"],
  },
  { ...FORBIDDEN, name: "40301", step: fail(40301), says: PERMISSION },
  { ...FORBIDDEN, name: "40302", step: fail(40302), says: PERMISSION },
  { ...FORBIDDEN, name: "403 of a proxy", step: reply(403, "<html>"), says: ["allowed networks"] },
  {
    ...FORBIDDEN,
    name: "a code that is text",
    step: reply(403, { stat: "FAIL", code: "40301" }),
    says: ["40301"],
  },
  ...[null, "", 0, true, [], {}, 403].map(forbiddenWithCode),
  { ...NOT_FOUND, name: "40401", step: fail(40401) },
  { ...NOT_FOUND, name: "40501", step: fail(40501) },
  { ...NOT_FOUND, name: "410", step: reply(410, "") },
  {
    ...FOR_NOW,
    name: "42901",
    step: fail(42901),
    code: "duo_rate_limited",
    requestCount: 3,
    says: ["too many requests"],
  },
  { ...SERVER_ERROR, name: "50000", step: fail(50000), says: ["50000"] },
  { ...SERVER_ERROR, name: "502 with HTML", step: reply(502, "<html>Bad Gateway"), says: ["502"] },
  { ...SERVER_ERROR, name: "503 with nothing", step: reply(503, ""), says: ["503"] },
  { ...SERVER_ERROR, name: "408 of a proxy", step: reply(408, "<html>Request Timeout"), says: ["408"] },
  { ...SERVER_ERROR, name: "504 of a proxy", step: reply(504, "<html>Gateway Timeout"), says: ["504"] },
  {
    ...SERVER_ERROR,
    name: "200 that says FAIL",
    step: reply(200, { stat: "FAIL", code: 50000 }),
    says: ["50000"],
  },
  {
    ...FORBIDDEN,
    name: "200 that says 40301",
    step: reply(200, { stat: "FAIL", code: 40301 }),
    says: PERMISSION,
  },
  { ...INVALID, name: "200 that says FAIL and no more", step: reply(200, { stat: "FAIL" }), says: ["200"] },
  {
    ...FOR_NOW,
    name: "200 that says 42901",
    step: reply(200, { stat: "FAIL", code: 42901 }),
    code: "duo_rate_limited",
    requestCount: 3,
    says: ["too many requests"],
  },
  {
    ...INVALID,
    name: "200 that breaks off",
    step: reply(200, '{"stat":"OK","response":[{"a'),
    says: ["200"],
  },
  { ...INVALID, name: "200 with JSON that is no envelope", step: reply(200, [1]), says: ["200"] },
  { ...INVALID, name: "200 with HTML", step: reply(200, "<html>Sign in"), says: ["documentation"] },
  { ...INVALID, name: "200 with nothing", step: reply(200, ""), says: ["200"] },
  { ...INVALID, name: "200 without response", step: reply(200, { stat: "OK" }), says: ["200"] },
  { ...INVALID, name: "302", step: reply(302, "", { location: "https://example.org" }), says: ["302"] },
];

describe("client.get", () => {
  test.each(CASES)("reports $name as $code", async ({ step, code, retryable, requestCount, says }) => {
    const { get, requests } = scriptedClient([step]);
    const error: unknown = await get().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "DuolakeError", code, retryable });
    const { message } = error as Error;
    expect(message).toMatch(new RegExp(`^Cannot read ${PATH} from ${API_HOSTNAME}: `));
    for (const text of says) expect(message).toContain(text);
    expect(message).not.toContain(SECRET_KEY);
    expect(requests).toHaveLength(requestCount);
  });

  test("quotes no more of Duo's message than a log line holds", async () => {
    const { get } = scriptedClient([reply(400, { stat: "FAIL", code: 40002, message: "x".repeat(1e6) })]);
    const error: unknown = await get().catch((thrown: unknown) => thrown);
    expect((error as Error).message.length).toBeLessThan(1_000);
  });
});

describe("client.get without an answer", () => {
  test.each([
    ["ENOTFOUND", "DNS"],
    ["EAI_AGAIN", "DNS"],
    ["ECONNREFUSED", "HTTPS_PROXY"],
    ["ENETUNREACH", "firewall"],
    ["UND_ERR_CONNECT_TIMEOUT", "firewall"],
    ["UND_ERR_HEADERS_TIMEOUT", "too long"],
    ["UND_ERR_BODY_TIMEOUT", "too long"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "NODE_EXTRA_CA_CERTS"],
    ["CERT_HAS_EXPIRED", "NODE_EXTRA_CA_CERTS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "NODE_EXTRA_CA_CERTS"],
    ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "too large"],
    ["UND_ERR_ABORTED", "the proxy did not let the connection through"],
    ["ERR_INVALID_URL", "HTTPS_PROXY"],
    ["ECONNRESET", "broke off"],
    ["EPIPE", "broke off"],
    ["UND_ERR_SOCKET", "broke off"],
    ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "broke off"],
    ["ETIMEDOUT", "timed out"],
    ["EPROTO", "no trusted TLS connection"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "no trusted TLS connection"],
    [undefined, "broke off"],
  ])("says what %s means", async (code, hint) => {
    const cause = Object.assign(new Error("what the transport said"), code === undefined ? {} : { code });
    const { get, requests } = scriptedClient([cause]);
    const error: unknown = await get().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "duo_unreachable", retryable: true, cause });
    const { message } = error as Error;
    expect(message).toContain(`Cannot reach ${API_HOSTNAME}: `);
    expect(message).toContain(hint);
    expect(message).toContain(code === undefined || code === "UND_ERR_ABORTED" ? "transport said" : code);
    expect(requests).toHaveLength(5);
  });

  test("looks for the code in the cause too", async () => {
    const { get } = scriptedClient([new Error("fetch failed", { cause: { code: "x" } })]);
    await expect(get()).rejects.toMatchObject({ message: expect.stringContaining("fetch failed") });
    const inner = Object.assign(new Error("inner"), { code: "ENOTFOUND" });
    await expect(scriptedClient([new Error("outer", { cause: inner })]).get()).rejects.toMatchObject({
      message: expect.stringContaining("DNS"),
    });
  });
});
