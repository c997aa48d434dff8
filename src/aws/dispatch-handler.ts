import { dispatch } from "./dispatch.ts";
import type { Queue } from "./queue.ts";

export interface DispatchHandlerOptions {
  readonly queue: Queue;
  /** Names of the log sources, in the order of the configuration. */
  readonly sources: () => Promise<readonly string[]>;
  readonly nowMs: () => number;
  readonly onSent: (sourceCount: number, messageCount: number) => void;
}

/**
 * Makes the handler of a tick. A failure goes to Lambda, which tries a tick twice more and then puts it among the dead ones: a
 * tick that is lost changes nothing but the time of the next pull.
 *
 * @returns throws config_invalid, aws_refused, and the errors of store and queue
 */
export function dispatchHandler(options: DispatchHandlerOptions): () => Promise<void> {
  const { queue, nowMs, onSent } = options;
  return async () => {
    const sources = await options.sources();
    onSent(sources.length, await dispatch(queue, { sources, nowMs: nowMs() }));
  };
}
