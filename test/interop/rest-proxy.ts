import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { listening } from "../core/support/listening.ts";
import { type RestAnswer, type RestFault, withFault } from "../support/rest-fault.ts";
import { respond } from "../support/rest-respond.ts";
import { readRequest, type RestOperation } from "../support/rest-route.ts";

type FaultOf = (request: { readonly operation: RestOperation }) => RestFault | undefined;

/** One request that went through. */
export interface ProxyEntry {
  readonly operation: RestOperation;
  readonly body: string;
  /** 0 where the connection was broken instead. */
  readonly status: number;
}

/** What stands between a client and a real server, and lets requests and answers be lost. */
export interface RestProxy extends AsyncDisposable {
  readonly url: string;
  readonly ledger: readonly ProxyEntry[];
  readonly setFault: (fault: FaultOf | undefined) => void;
  /** Is told of each request, before and after the server got it; the request waits for it. */
  readonly setWatch: (
    watch: ((operation: RestOperation, when: "before" | "after") => Promise<void> | void) | undefined,
  ) => void;
}

/**
 * Starts the proxy.
 *
 * @param target where the server is now; it is asked for each request
 */
export async function startRestProxy(target: () => string): Promise<RestProxy> {
  const ledger: ProxyEntry[] = [];
  let faultOf: FaultOf | undefined;
  let watch: Parameters<RestProxy["setWatch"]>[0];

  const forwarded = async (request: IncomingMessage, body: string): Promise<RestAnswer> => {
    const { method = "GET", url = "/", headers } = request;
    const wanted = ["authorization", "content-type", "accept", "x-iceberg-access-delegation"];
    const kept = wanted.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    });
    const answer = await fetch(`${target()}${url}`, {
      method,
      headers: Object.fromEntries(kept) as Record<string, string>,
      ...(body !== "" && { body }),
    });
    return { status: answer.status, body: await answer.text() };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { operation } = readRequest(request, { prefix: "", body });
    const fault = faultOf?.({ operation });
    await watch?.(operation, "before");
    // A server that is killed breaks its connections, and so does this then.
    const answer = await withFault(fault, () => forwarded(request, body)).catch(() => undefined);
    await watch?.(operation, "after");
    ledger.push({ operation, body, status: answer?.status ?? 0 });
    respond(response, answer, fault);
  };
  const server = await listening(
    createServer((request, response) => {
      serve(request, response).catch(() => request.socket.destroy());
    }),
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    ledger,
    setFault: (next) => {
      faultOf = next;
    },
    setWatch: (next) => {
      watch = next;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
