import type { IncomingMessage } from "node:http";

/** What is asked of the server. */
export type RestOperation =
  | "config"
  | "token"
  | "createNamespace"
  | "listTables"
  | "createTable"
  | "loadTable"
  | "commitTable"
  | "unknown";

/** A request, read. */
export interface Asked {
  readonly operation: RestOperation;
  readonly path: string;
  readonly namespace: string;
  readonly table: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Reads a request; the body was read before. */
export function readRequest(
  request: IncomingMessage,
  { prefix, body }: { readonly prefix: string; readonly body: string },
): Asked {
  const url = new URL(request.url ?? "", "http://server");
  const root = prefix === "" ? "/v1" : `/v1/${prefix}`;
  const { method } = request;
  const rest = url.pathname.startsWith(`${root}/namespaces`)
    ? url.pathname.slice(root.length + 1).split("/")
    : [];
  const [, namespace = "", tables, table = ""] = rest.map(decodeURIComponent);
  const operation = ((): RestOperation => {
    if (url.pathname === "/v1/config" && method === "GET") return "config";
    if (url.pathname === "/v1/oauth/tokens" && method === "POST") return "token";
    if (rest.length === 1) return method === "POST" ? "createNamespace" : "unknown";
    if (tables !== "tables") return "unknown";
    if (rest.length === 3) return method === "POST" ? "createTable" : "listTables";
    if (rest.length === 4) return method === "POST" ? "commitTable" : "loadTable";
    return "unknown";
  })();
  const { authorization } = request.headers;
  return { operation, path: url.pathname, namespace, table, query: url.searchParams, authorization, body };
}

/** One page of names. Without a `pageToken` all at once (REST spec, "pageToken"). */
export function page(
  names: readonly string[],
  namespace: string,
  token: string | null,
  countMax: number,
): object {
  const from = token === null || token === "" ? 0 : Number(token);
  const to = token === null ? names.length : from + countMax;
  const identifiers = names.slice(from, to).map((name) => ({ namespace: [namespace], name }));
  return { identifiers, "next-page-token": to < names.length ? String(to) : null };
}
