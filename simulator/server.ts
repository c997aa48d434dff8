import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { control, CONTROL_PREFIX, type ControlTarget } from "./control.ts";
import { deliver } from "./deliver.ts";
import type { Exchange } from "./exchange.ts";
import { readRequest, type DuoRequest } from "./request.ts";
import { STREAMS } from "./streams.ts";
import type { RequestRecord } from "./tally.ts";

/** What the server hands its requests to. */
export interface ServerOptions {
  readonly port: number;
  readonly nowMs: () => number;
  readonly answer: (request: DuoRequest) => Exchange;
  readonly record: (record: RequestRecord) => void;
  readonly control: ControlTarget;
}

/** Listens on 127.0.0.1; rejects when the port is taken. */
export async function startServer(
  options: ServerOptions,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const stopping = new AbortController();
  const server = createServer((incoming, response) => {
    serve({ incoming, response, signal: stopping.signal }, options).catch(() => response.destroy());
  });
  const port = await listen(server, options.port);
  return {
    port,
    stop: () => {
      stopping.abort();
      return close(server);
    },
  };
}

interface Turn {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

async function serve({ incoming, response, signal }: Turn, options: ServerOptions): Promise<void> {
  const request = await readRequest(incoming);
  if (request.path.startsWith(CONTROL_PREFIX)) {
    await control(request, response, options.control);
    return;
  }
  const nowMs = options.nowMs();
  const result = options.answer(request);
  options.record(recordOf(request, result, nowMs));
  await deliver(response, result, { nowMs, signal });
}

function recordOf(request: DuoRequest, { reply, fault, accountId }: Exchange, atMs: number): RequestRecord {
  return {
    atMs,
    method: request.method,
    path: request.path,
    stream: STREAMS.find(({ path }) => path === request.path)?.name ?? null,
    accountId,
    params: Object.fromEntries(request.params),
    status: reply?.status ?? 0,
    code: reply?.code ?? null,
    rowCount: reply?.rowCount ?? 0,
    fault: fault?.kind ?? null,
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Closing twice is an error to Node and none to a caller.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
