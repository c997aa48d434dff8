import { decodeUtf8 } from "./decode-utf8.ts";
import { isLoopback } from "./is-loopback.ts";
import { trustedCertificates } from "./trusted-certificates.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; a header that came twice has its values joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request and reads the whole answer. Never follows a redirect and never retries.
 * Rejects with the transport's own error when no complete answer came.
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

/** Bounds of one exchange. */
export interface HttpLimits {
  /** Longest wait for a connection, ms. */
  readonly connectTimeoutMs: number;
  /** Longest wait for the first byte of the answer, and then between two pieces of it, ms. */
  readonly answerTimeoutMs: number;
  /** Largest answer, bytes; a page of 1,000 events is about 2 MB. */
  readonly bodyBytesMax: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  connectTimeoutMs: 15_000,
  answerTimeoutMs: 60_000,
  bodyBytesMax: 256 * 1024 * 1024,
};

/**
 * Makes the transport: keep-alive, time-outs, the proxy of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and the
 * certificates that the operating system trusts. undici is loaded with the first request.
 *
 * @param limits time-outs and sizes; each has a default
 * @returns the transport and a `close` that ends its connections
 */
export function createHttp(limits: Partial<HttpLimits> = {}): {
  readonly http: Http;
  readonly close: () => Promise<void>;
} {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  let loaded: Promise<Transport> | undefined;
  return {
    http: async (request) => {
      loaded ??= loadTransport(bounds);
      return (await loaded).send(request);
    },
    // A transport that could not be made has told whoever wanted to send; there is nothing to close.
    close: async () => (await loaded?.catch(() => undefined))?.close(),
  };
}

interface Transport {
  readonly send: Http;
  readonly close: () => Promise<void>;
}

async function loadTransport(bounds: HttpLimits): Promise<Transport> {
  const { Agent, EnvHttpProxyAgent, Pool, request: send } = await import("undici");
  const ca = await trustedCertificates();
  const connect = { timeout: bounds.connectTimeoutMs, ...(ca === undefined ? {} : { ca }) };
  const options = {
    connect,
    headersTimeout: bounds.answerTimeoutMs,
    bodyTimeout: bounds.answerTimeoutMs,
    maxResponseSize: bounds.bodyBytesMax,
    keepAliveTimeout: 30_000,
  };
  const outside = new EnvHttpProxyAgent({
    ...options,
    httpProxy: proxyUrl("http_proxy"),
    httpsProxy: proxyUrl("https_proxy"),
    proxyTls: connect,
    requestTls: connect,
    // The client that asks the proxy for a tunnel would wait five minutes for its answer.
    clientFactory: (origin, own) => new Pool(origin, { ...own, headersTimeout: bounds.answerTimeoutMs }),
  });
  // A proxy cannot reach this machine's loopback, and what stays on it must not leave.
  const inside = new Agent(options);
  return {
    send: async ({ method, url, headers, body, signal }) => {
      const answer = await send(url, {
        dispatcher: isLoopback(new URL(url).hostname) ? inside : outside,
        method,
        headers: { ...headers },
        body: body ?? null,
        ...(signal === undefined ? {} : { signal }),
      });
      return {
        status: answer.statusCode,
        headers: flatHeaders(answer.headers),
        body: decodeUtf8(Buffer.from(await answer.body.arrayBuffer())),
      };
    },
    // destroy, not close: a server that never answers must not hold up the end of the program.
    close: async () => {
      await Promise.all([inside.destroy(), outside.destroy()]);
    },
  };
}

/** A proxy from the environment, the lower-case name first as curl has it; empty for none. Many have only `host:port`. */
function proxyUrl(name: "http_proxy" | "https_proxy"): string {
  const text = process.env[name] ?? process.env[name.toUpperCase()] ?? "";
  return text === "" || text.includes("://") ? text : `http://${text}`;
}

function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(",") : value;
  }
  return flat;
}
