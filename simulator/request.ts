import type { IncomingMessage } from "node:http";

/** A parameter and its value, decoded. */
export type Pair = readonly [key: string, value: string];

/** A request as the checks and endpoints see it. */
export interface DuoRequest {
  readonly method: string;
  /** As sent, without the query; its case counts. */
  readonly path: string;
  /** The parameters of the query string, decoded, in the order sent. */
  readonly query: readonly Pair[];
  /** The parameters of the query string and, for a form, of the body. */
  readonly params: readonly Pair[];
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
}

const BODY_BYTE_COUNT_MAX = 64 * 1024 * 1024;

/**
 * Reads a request to its end.
 *
 * @throws Error when the body is larger than 64 MiB or the client goes away
 */
export async function readRequest(incoming: IncomingMessage): Promise<DuoRequest> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > BODY_BYTE_COUNT_MAX)
      throw new Error(`Cannot read the request: its body is above ${BODY_BYTE_COUNT_MAX} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString("utf8");
  const [path, search] = splitOnce(incoming.url ?? "/", "?");
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  const query = pairs(search);
  const isForm = (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return {
    method: incoming.method ?? "GET",
    path,
    query,
    params: isForm ? [...query, ...pairs(body)] : [...query, ...jsonPairs(body)],
    body,
    headers,
    remoteAddress: incoming.socket.remoteAddress ?? "",
  };
}

/** The value of a parameter, the first one if it was sent several times. */
export function param(request: Pick<DuoRequest, "params">, key: string): string | undefined {
  return request.params.find(([name]) => name === key)?.[1];
}

/** All values of a parameter. */
export function paramValues(request: Pick<DuoRequest, "params">, key: string): string[] {
  return request.params.filter(([name]) => name === key).map(([, value]) => value);
}

/** Decodes a query string or form; a blank may be `+` or `%20`. */
function pairs(text: string): Pair[] {
  return [...new URLSearchParams(text)];
}

function jsonPairs(body: string): Pair[] {
  if (!body.startsWith("{")) return [];
  try {
    return Object.entries(JSON.parse(body) as object).map(([key, value]) => [key, String(value)]);
  } catch {
    return [];
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
