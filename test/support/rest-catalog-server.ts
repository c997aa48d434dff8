import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { parseJson, stringifyJson } from "../../src/core/json.ts";
import { listening } from "../core/support/listening.ts";
import { type RestAnswer, type RestFault, withFault } from "./rest-fault.ts";
import type { CommitBody, CreateBody, ServedTable } from "./rest-metadata.ts";
import { badRequest, RestRefusal } from "./rest-refusal.ts";
import { respond } from "./rest-respond.ts";
import { type Asked, page, readRequest, type RestOperation } from "./rest-route.ts";
import { RestTables } from "./rest-tables.ts";

/** One request as the server saw it. */
export interface RestEntry {
  readonly operation: RestOperation;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** 0 where the connection was broken instead. */
  readonly status: number;
}

type FaultOf = (request: {
  readonly operation: RestOperation;
  readonly path: string;
}) => RestFault | undefined;

export interface RestServerOptions {
  /** Where tables are; default `/w`. */
  readonly root?: string;
  /** Metadata files are written below `root`, as a real server does. */
  readonly writesMetadata?: boolean;
  readonly prefix?: string;
  readonly firstFieldId?: number;
  readonly pageTableCountMax?: number;
  /** Answers as Iceberg's server did before 1.11. */
  readonly isOld?: boolean;
  /** The one token, or clients that get tokens by OAuth 2; default everybody is let in. */
  readonly auth?:
    | { readonly token: string }
    | { readonly clientId: string; readonly clientSecret: string; readonly lifeSeconds: number };
  /** When tokens run out, ms since 1970. */
  readonly nowMs?: () => number;
  /** Members of every answer about a table: `config`, `storage-credentials`. */
  readonly access?: () => Readonly<Record<string, unknown>>;
}

/** A small Iceberg REST catalog on a port of this machine. */
export interface RestServer extends AsyncDisposable {
  readonly url: string;
  readonly tables: RestTables;
  readonly ledger: readonly RestEntry[];
  readonly setFault: (fault: FaultOf | undefined) => void;
  /** Makes every token that was given out invalid. */
  readonly revokeTokens: () => void;
}

/** Starts the server: the part of the Iceberg REST catalog API that a lake needs, with a ledger of all requests. */
export async function startRestServer(options: RestServerOptions = {}): Promise<RestServer> {
  const { prefix = "", pageTableCountMax = 100, nowMs = Date.now, auth } = options;
  const tables = new RestTables({
    ...options,
    root: options.root ?? "/w",
    firstFieldId: options.firstFieldId ?? 1,
  });
  const ledger: RestEntry[] = [];
  const tokens = new Map<string, number>();
  let fault: FaultOf | undefined;

  const checkAccess = (operation: RestOperation, given: string | undefined): void => {
    if (auth === undefined || operation === "token") return;
    const token = (given ?? "").replace(/^Bearer /, "");
    const isGood = "token" in auth ? token === auth.token : (tokens.get(token) ?? 0) > nowMs();
    if (!isGood) throw new RestRefusal(401, "NotAuthorizedException", "Not authorized");
  };
  const giveToken = (form: URLSearchParams): RestAnswer => {
    if (auth === undefined || "token" in auth) throw new RestRefusal(404, "", "no such path");
    const isKnown =
      form.get("grant_type") === "client_credentials" &&
      form.get("client_id") === auth.clientId &&
      form.get("client_secret") === auth.clientSecret;
    if (!isKnown)
      return { status: 401, body: '{"error":"invalid_client","error_description":"unknown client"}' };
    const token = `t${tokens.size + 1}`;
    tokens.set(token, nowMs() + auth.lifeSeconds * 1_000);
    const body = { access_token: token, token_type: "bearer", expires_in: auth.lifeSeconds };
    return { status: 200, body: JSON.stringify(body) };
  };
  const described = async (table: ServedTable): Promise<RestAnswer> => {
    const body = stringifyJson(table.metadata);
    if (options.writesMetadata === true) {
      const path = table.location.replace(/^file:(\/\/)?/, "");
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, body);
    }
    const answer = {
      "metadata-location": table.location,
      metadata: table.metadata,
      ...options.access?.(),
    };
    return { status: 200, body: stringifyJson(answer) };
  };
  const carryOut = async (request: Asked): Promise<RestAnswer> => {
    const { operation, namespace, table, query } = request;
    checkAccess(operation, request.authorization);
    switch (operation) {
      case "token":
        return giveToken(new URLSearchParams(request.body));
      case "config":
        return {
          status: 200,
          body: JSON.stringify({
            defaults: {},
            overrides: { "namespace-separator": "%2E", ...(prefix !== "" && { prefix }) },
          }),
        };
      case "createNamespace": {
        const body = parseJson(request.body) as unknown as { readonly namespace: readonly string[] };
        tables.createNamespace(body.namespace.join("."));
        return { status: 200, body: JSON.stringify({ ...body, properties: {} }) };
      }
      case "listTables":
        return {
          status: 200,
          body: JSON.stringify(
            page(tables.names(namespace), namespace, query.get("pageToken"), pageTableCountMax),
          ),
        };
      case "createTable":
        return described(tables.create(namespace, parseJson(request.body) as unknown as CreateBody, nowMs()));
      case "loadTable":
        return described(tables.load(namespace, table));
      case "commitTable":
        return described(
          tables.commit(namespace, table, parseJson(request.body) as unknown as CommitBody, nowMs()),
        );
      case "unknown":
        throw badRequest(`No route for request: ${request.path}`);
    }
  };
  const answered = async (request: Asked): Promise<RestAnswer> => {
    try {
      return await carryOut(request);
    } catch (error) {
      if (!(error instanceof RestRefusal)) throw error;
      const { status: code, word: type, message } = error;
      return { status: code, body: JSON.stringify({ error: { message, type, code } }) };
    }
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = readRequest(request, { prefix, body: await text(request) });
    const path = request.url ?? "";
    const planned = fault?.({ operation: asked.operation, path });
    const answer = await withFault(planned, () => answered(asked));
    ledger.push({
      operation: asked.operation,
      path,
      headers: request.headers,
      body: asked.body,
      status: answer?.status ?? 0,
    });
    respond(response, answer, planned);
  };
  const server = await listening(
    createServer((request, response) => {
      serve(request, response).catch(() => request.socket.destroy());
    }),
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    tables,
    ledger,
    setFault: (next) => {
      fault = next;
    },
    revokeTokens: () => {
      for (const token of tokens.keys()) tokens.set(token, 0);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
