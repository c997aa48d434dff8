import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

import type { Exchange } from "./exchange.ts";

/** What delivery needs from the server. */
export interface DeliveryOptions {
  /** The simulator's clock, for the `Date` header: a client may judge its own clock by it. */
  readonly nowMs: number;
  /** Aborted when the simulator stops; a slow answer is then given up. */
  readonly signal: AbortSignal;
}

/** Puts an answer on the wire, or damages the connection as the fault demands. Never rejects. */
export async function deliver(
  response: ServerResponse,
  result: Exchange,
  options: DeliveryOptions,
): Promise<void> {
  const { reply, fault } = result;
  if (fault?.kind === "hang") return;
  if (!reply) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "slow" && !(await waited(fault.delayMs ?? 1000, options.signal))) return;
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    date: new Date(options.nowMs).toUTCString(),
    server: "Duo/1.0",
    "content-length": String(body.length),
  });
  if (fault?.kind === "reset_after_headers") {
    response.flushHeaders();
    await cut(response, body.subarray(0, 1));
    return;
  }
  if (fault?.kind === "truncated_body") {
    await cut(response, body.subarray(0, Math.floor(body.length / 2)));
    return;
  }
  response.end(body);
}

/** Sends the beginning of a body, then breaks the connection. */
function cut(response: ServerResponse, beginning: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.write(beginning, () => {
      response.destroy();
      resolve();
    });
  });
}

async function waited(delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(delayMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
