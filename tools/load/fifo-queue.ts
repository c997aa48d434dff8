import type { QueueMessage } from "../../src/aws/queue.ts";

/** A message that was handed out. */
export interface Delivery {
  readonly message: QueueMessage;
  readonly sentAtMs: number;
  /** 1 with the first delivery. */
  readonly receiveCount: number;
}

/** A FIFO queue of SQS as the template makes it, on a clock that the caller keeps. */
export interface FifoQueue {
  /** False where a message of the same id was sent within five minutes. */
  readonly send: (message: QueueMessage, nowMs: number) => boolean;
  /** The oldest message of those groups that have none at work. */
  readonly receive: (nowMs: number) => Delivery | undefined;
  /** The message of the group at work is done. */
  readonly remove: (groupId: string) => void;
  /** The message of the group at work is delivered again at a time; without this when the visibility time is over. */
  readonly comeBack: (groupId: string, atMs: number) => void;
  /** Messages that wait or are at work. */
  readonly depth: () => number;
  /** Age of the oldest message, at work or not; 0 where there is none. */
  readonly oldestAgeMs: (nowMs: number) => number;
  readonly counts: () => { readonly dead: number; readonly expired: number; readonly deduplicated: number };
}

export interface FifoQueueLimits {
  readonly visibilityMs: number;
  readonly retentionMs: number;
  readonly receiveCountMax: number;
}

interface Waiting {
  readonly message: QueueMessage;
  readonly sentAtMs: number;
  receiveCount: number;
  /** Hidden until then. */
  visibleAtMs: number;
}

const DEDUPLICATION_MS = 300_000;

/**
 * Makes an empty queue. Messages of a group are handed out in their order, one at a time: one that is hidden keeps the others of its
 * group waiting. One that was received too often goes to the dead letters, one that is too old is forgotten.
 *
 * Source: Amazon SQS Developer Guide, "Amazon SQS FIFO queues" and "visibility timeout". Which of several groups comes first is not
 * said there; here it is the one with the oldest message.
 */
export function createFifoQueue({ visibilityMs, retentionMs, receiveCountMax }: FifoQueueLimits): FifoQueue {
  const groups = new Map<string, Waiting[]>();
  const sentAtMsById = new Map<string, number>();
  const counts = { dead: 0, expired: 0, deduplicated: 0 };
  const head = (groupId: string): Waiting | undefined => groups.get(groupId)?.[0];
  const dropHead = (groupId: string): void => void groups.get(groupId)?.shift();
  const clean = (groupId: string, nowMs: number): void => {
    for (let first = head(groupId); first !== undefined; first = head(groupId)) {
      const isVisible = first.visibleAtMs <= nowMs;
      const isExpired = nowMs - first.sentAtMs >= retentionMs;
      const isDead = first.receiveCount >= receiveCountMax;
      if (!isVisible || (!isExpired && !isDead)) return;
      counts[isExpired ? "expired" : "dead"] += 1;
      dropHead(groupId);
    }
  };
  return {
    send: (message, nowMs) => {
      // The oldest come first: ids that SQS has forgotten need not be kept.
      for (const [id, sentAtMs] of sentAtMsById) {
        if (nowMs - sentAtMs < DEDUPLICATION_MS) break;
        sentAtMsById.delete(id);
      }
      if (sentAtMsById.has(message.deduplicationId)) {
        counts.deduplicated += 1;
        return false;
      }
      sentAtMsById.set(message.deduplicationId, nowMs);
      const group = groups.get(message.groupId) ?? [];
      group.push({ message, sentAtMs: nowMs, receiveCount: 0, visibleAtMs: nowMs });
      groups.set(message.groupId, group);
      return true;
    },
    receive: (nowMs) => {
      let oldest: Waiting | undefined;
      for (const groupId of groups.keys()) {
        clean(groupId, nowMs);
        const first = head(groupId);
        if (first === undefined || first.visibleAtMs > nowMs) continue;
        if (oldest === undefined || first.sentAtMs < oldest.sentAtMs) oldest = first;
      }
      if (oldest === undefined) return undefined;
      oldest.receiveCount += 1;
      oldest.visibleAtMs = nowMs + visibilityMs;
      return { message: oldest.message, sentAtMs: oldest.sentAtMs, receiveCount: oldest.receiveCount };
    },
    remove: dropHead,
    comeBack: (groupId, atMs) => {
      const first = head(groupId);
      if (first !== undefined) first.visibleAtMs = atMs;
    },
    depth: () => [...groups.values()].reduce((sum, { length }) => sum + length, 0),
    oldestAgeMs: (nowMs) =>
      Math.max(
        0,
        ...[...groups.values()].map(([first]) => (first === undefined ? 0 : nowMs - first.sentAtMs)),
      ),
    counts: () => ({ ...counts }),
  };
}
