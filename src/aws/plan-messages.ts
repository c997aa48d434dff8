import type { QueueMessage } from "./queue.ts";

/** Up to here each log source has a message of its own; above, one message names many. */
const SOURCE_COUNT_ALONE_MAX = 100;
const SHARD_SOURCE_COUNT = 25;
/** As long as SQS remembers an id: a tick that EventBridge repeats sends nothing anew. */
const DEDUPLICATION_SECONDS = 300;

/**
 * Plans the messages of one tick: one per log source, or one per shard of 25 above 100 log sources. Pure.
 *
 * A message is a hint to look at a log source now; what is missing there says the cursor in the lake.
 *
 * @param sources names of the log sources, in the order of the configuration
 * @param nowMs the time of the tick, ms since 1970
 */
export function planMessages(sources: readonly string[], nowMs: number): QueueMessage[] {
  const slot = Math.floor(nowMs / 1000 / DEDUPLICATION_SECONDS);
  const time = new Date(nowMs).toISOString();
  const message = (groupId: string, named: readonly string[]): QueueMessage => ({
    body: JSON.stringify({ sources: named, time }),
    groupId,
    deduplicationId: `${groupId}#${slot}`,
  });
  if (sources.length <= SOURCE_COUNT_ALONE_MAX) return sources.map((source) => message(source, [source]));
  const shardCount = Math.ceil(sources.length / SHARD_SOURCE_COUNT);
  return Array.from({ length: shardCount }, (_, index) =>
    message(`shard-${index}`, sources.slice(index * SHARD_SOURCE_COUNT, (index + 1) * SHARD_SOURCE_COUNT)),
  );
}
