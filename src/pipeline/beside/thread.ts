import { parentPort } from "node:worker_threads";
import { serveRows } from "./serve-rows.ts";
import type { Order } from "./messages.ts";

// The thread that maps and writes beside the one that pulls (`row-thread.ts` starts it).

const serve = serveRows((answer) => parentPort?.postMessage(answer));
parentPort?.on("message", (order: Order) => serve(order));
