import { DuolakeError } from "../core/errors.ts";
import { planMessages } from "./plan-messages.ts";
import type { Queue, QueueMessage } from "./queue.ts";

/** As many as SQS takes in one request. */
const BATCH_MESSAGE_COUNT_MAX = 10;
const ATTEMPT_COUNT_MAX = 3;

/**
 * Sends the messages of one tick. What the queue did not take is sent again, three times in all; the others' messages are sent
 * all the same (P4). A repeated tick is dropped by the queue.
 *
 * @param tick names of the log sources, and the time of the tick, ms since 1970
 * @returns how many messages were sent
 * @throws aws_refused where some were not taken, once the others are sent, and the queue's own errors
 */
export async function dispatch(
  queue: Queue,
  tick: { readonly sources: readonly string[]; readonly nowMs: number },
): Promise<number> {
  const messages = planMessages(tick.sources, tick.nowMs);
  const left: string[] = [];
  for (let from = 0; from < messages.length; from += BATCH_MESSAGE_COUNT_MAX) {
    left.push(...(await sendBatch(queue, messages.slice(from, from + BATCH_MESSAGE_COUNT_MAX))));
  }
  if (left.length === 0) return messages.length;
  throw new DuolakeError(
    "aws_refused",
    `Cannot send ${left.length} of ${messages.length} messages: the queue did not take them, got ${left[0]}`,
    { retryable: true },
  );
}

/** Gives why messages were not taken at last. */
async function sendBatch(queue: Queue, batch: readonly QueueMessage[]): Promise<readonly string[]> {
  let failed = await queue.send(batch);
  for (let attempt = 1; failed.length > 0 && attempt < ATTEMPT_COUNT_MAX; attempt += 1) {
    failed = await queue.send(failed.map(({ message }) => message));
  }
  return failed.map(({ message, reason }) => `${message.groupId}: ${reason}`);
}
