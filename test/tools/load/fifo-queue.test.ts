import { expect, test } from "vitest";
import { createFifoQueue, type FifoQueue } from "../../../tools/load/fifo-queue.ts";

const LIMITS = { visibilityMs: 1_000, retentionMs: 10_000, receiveCountMax: 2 };

function send(queue: FifoQueue, [groupId, id]: readonly [string, string], nowMs: number): boolean {
  return queue.send({ body: id, groupId, deduplicationId: id }, nowMs);
}

function bodyAt(queue: FifoQueue, nowMs: number): string | undefined {
  return queue.receive(nowMs)?.message.body;
}

test("a group has one message at work, and the others in their order", () => {
  const queue = createFifoQueue(LIMITS);
  send(queue, ["a", "a1"], 0);
  send(queue, ["a", "a2"], 1);
  send(queue, ["b", "b1"], 2);
  expect([bodyAt(queue, 3), bodyAt(queue, 3), bodyAt(queue, 3)]).toEqual(["a1", "b1", undefined]);
  queue.remove("a");
  expect(bodyAt(queue, 4)).toBe("a2");
  expect(queue.depth()).toBe(2);
});

test("a message that nobody removes comes back when its time is over, then goes to the dead letters", () => {
  const queue = createFifoQueue(LIMITS);
  send(queue, ["a", "a1"], 0);
  expect(queue.receive(0)?.receiveCount).toBe(1);
  expect(bodyAt(queue, 999)).toBeUndefined();
  expect(queue.receive(1_000)?.receiveCount).toBe(2);
  expect(bodyAt(queue, 2_000)).toBeUndefined();
  expect(queue.counts()).toEqual({ dead: 1, expired: 0, deduplicated: 0 });
  expect(queue.depth()).toBe(0);
});

test("a message can be made to come back sooner", () => {
  const queue = createFifoQueue(LIMITS);
  send(queue, ["a", "a1"], 0);
  bodyAt(queue, 0);
  queue.comeBack("a", 60);
  expect([bodyAt(queue, 59), bodyAt(queue, 60)]).toEqual([undefined, "a1"]);
});

test("a message that is too old is forgotten, and one that was sent twice is dropped", () => {
  const queue = createFifoQueue(LIMITS);
  expect([send(queue, ["a", "a1"], 0), send(queue, ["a", "a1"], 299_999)]).toEqual([true, false]);
  expect(queue.oldestAgeMs(9_999)).toBe(9_999);
  expect(bodyAt(queue, 10_000)).toBeUndefined();
  expect(send(queue, ["a", "a1"], 300_000)).toBe(true);
  expect(queue.counts()).toEqual({ dead: 0, expired: 1, deduplicated: 1 });
});
