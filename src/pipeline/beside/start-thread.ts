import { Worker } from "node:worker_threads";
import type { Order } from "./messages.ts";

/** The part of a `Worker` that is used. */
export interface Port {
  readonly postMessage: (order: Order) => void;
  readonly on: (event: "message" | "error" | "exit", listener: (value: never) => void) => unknown;
  readonly terminate: () => Promise<unknown>;
}

/** Starts the thread that maps and writes (`thread.ts`). */
export function startThread(): Port {
  const isCompiled = import.meta.url.endsWith(".js");
  const { href } = new URL(isCompiled ? "thread.js" : "thread.ts", import.meta.url);
  const worker = isCompiled ? new Worker(new URL(href)) : new Worker(ofSources(href), { eval: true });
  return {
    postMessage: (order) => worker.postMessage(order),
    on: (event, listener) => worker.on(event, listener as (value: unknown) => void),
    terminate: () => worker.terminate(),
  };
}

/** Node 20 reads no TypeScript: what reads it for tests and tools is registered in each thread by itself. */
function ofSources(href: string): string {
  return `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(href)}); });`;
}
