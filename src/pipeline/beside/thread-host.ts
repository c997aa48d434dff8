import { DuolakeError } from "../../core/errors.ts";
import type { Answer, Order } from "./messages.ts";
import type { Port } from "./start-thread.ts";

/** The running thread; it is ended with the last batch. */
export interface ThreadHost {
  readonly post: (order: Order) => void;
  /** Gives the answers to one batch, or why there will be none. */
  readonly listen: (batch: number, take: Take) => void;
  readonly forget: (batch: number) => Promise<void>;
  readonly hasEnded: () => boolean;
}

export type Take = (answer: Answer | DuolakeError) => void;

/** Speaks with a thread that was just started. */
export function threadHost(port: Port): ThreadHost {
  const listeners = new Map<number, Take>();
  let ended: DuolakeError | undefined;
  const fail = (reason: string): void => {
    ended ??= new DuolakeError("internal", `Cannot write rows: their thread ended, got ${reason}`, {
      retryable: true,
    });
    for (const take of listeners.values()) take(ended);
  };
  port.on("message", (answer: Answer) => listeners.get(answer.batch)?.(answer));
  port.on("error", (error: Error) => fail(error.message));
  port.on("exit", (code: number) => fail(`exit code ${code}`));
  return {
    post: (order) => port.postMessage(order),
    listen: (batch, take) => void listeners.set(batch, take),
    forget: async (batch) => {
      listeners.delete(batch);
      if (listeners.size > 0 || ended !== undefined) return;
      fail("no more to write");
      await port.terminate();
    },
    hasEnded: () => ended !== undefined,
  };
}
