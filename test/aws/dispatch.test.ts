import { describe, expect, test } from "vitest";
import { dispatch } from "../../src/aws/dispatch.ts";
import type { Queue, QueueMessage } from "../../src/aws/queue.ts";

const NOON_MS = Date.UTC(2026, 10, 22, 12);

/** Drops what it has seen, refuses what it is told to, and takes ten at a time, as SQS does. */
function fakeQueue(refuses: (message: QueueMessage, attempt: number) => boolean = () => false) {
  const taken = new Map<string, QueueMessage>();
  const attempts = new Map<string, number>();
  const queue: Queue = {
    send: (messages) => {
      if (messages.length < 1 || messages.length > 10) return Promise.reject(new Error("TooManyEntries"));
      const refused = messages.filter((message) => {
        const attempt = (attempts.get(message.deduplicationId) ?? 0) + 1;
        attempts.set(message.deduplicationId, attempt);
        if (refuses(message, attempt)) return true;
        if (!taken.has(message.deduplicationId)) taken.set(message.deduplicationId, message);
        return false;
      });
      return Promise.resolve(refused.map((message) => ({ message, reason: "InternalError" })));
    },
  };
  const sources = (): string[] =>
    [...taken.values()].flatMap(({ body }) => (JSON.parse(body) as { readonly sources: string[] }).sources);
  return { queue, taken, attempts, sources };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `duo${index}`);

describe("dispatch", () => {
  test("sends nothing where there is no log source", async () => {
    const { queue, taken } = fakeQueue();
    expect(await dispatch(queue, { sources: [], nowMs: NOON_MS })).toBe(0);
    expect(taken.size).toBe(0);
  });

  test("sends a message per log source, each in a group of its own", async () => {
    const { queue, taken } = fakeQueue();
    await dispatch(queue, { sources: ["a", "b"], nowMs: NOON_MS });
    const slot = NOON_MS / 300_000;
    expect([...taken.values()]).toEqual(
      ["a", "b"].map((name) => ({
        body: `{"sources":["${name}"],"time":"2026-11-22T12:00:00.000Z"}`,
        groupId: name,
        deduplicationId: `${name}#${slot}`,
      })),
    );
  });

  test.each([
    [1, 1],
    [10, 10],
    [11, 11],
    [100, 100],
    [101, 5],
    [125, 5],
    [126, 6],
    [5000, 200],
  ])("names each of %i log sources once, in %i messages", async (count, messageCount) => {
    const { queue, taken, sources } = fakeQueue();
    expect(await dispatch(queue, { sources: names(count), nowMs: NOON_MS })).toBe(messageCount);
    expect(taken.size).toBe(messageCount);
    expect(sources()).toEqual(names(count));
  });

  test("sends nothing anew for a repeated tick, and all for the next one", async () => {
    const { queue, taken } = fakeQueue();
    await dispatch(queue, { sources: names(3), nowMs: NOON_MS });
    await dispatch(queue, { sources: names(3), nowMs: NOON_MS + 299_999 });
    expect(taken.size).toBe(3);
    await dispatch(queue, { sources: names(3), nowMs: NOON_MS + 300_000 });
    expect(taken.size).toBe(6);
  });

  test("sends again only what was not taken", async () => {
    const { queue, attempts, sources } = fakeQueue(
      ({ groupId }, attempt) => groupId === "duo1" && attempt < 3,
    );
    expect(await dispatch(queue, { sources: names(12), nowMs: NOON_MS })).toBe(12);
    expect(sources().toSorted()).toEqual(names(12).toSorted());
    expect([...attempts.values()].filter((count) => count > 1)).toEqual([3]);
  });

  test("fails where a message is never taken, once the others are sent", async () => {
    const { queue, sources } = fakeQueue(({ groupId }) => groupId === "duo0");
    await expect(dispatch(queue, { sources: names(25), nowMs: NOON_MS })).rejects.toMatchObject({
      code: "aws_refused",
      retryable: true,
      message: "Cannot send 1 of 25 messages: the queue did not take them, got duo0: InternalError",
    });
    expect(sources()).toEqual(names(25).slice(1));
  });
});
