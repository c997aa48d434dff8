import { expect, test } from "vitest";
import type { FunctionLogs } from "../../src/deploy/function-logs.ts";
import { tailLogs } from "../../src/deploy/tail-logs.ts";

const STOP = new AbortController();
const ignore = (): void => undefined;

test("lines of all groups and pages come in the order of their time", async () => {
  const read: FunctionLogs = async (group, { next }) => {
    if (group === "b") return { events: [{ id: "1", atMs: 2, text: "b" }] };
    return next === undefined
      ? { events: [{ id: "1", atMs: 1, text: "a1" }], next: "more" }
      : { events: [{ id: "2", atMs: 3, text: "a2" }] };
  };
  const texts = [];
  const clock = { nowMs: () => 0, sleep: () => Promise.reject(new Error("must not wait")) };
  const request = {
    groups: ["a", "b"],
    sinceMs: 0,
    isFollowing: false,
    clock,
    signal: STOP.signal,
    onMissing: ignore,
  };
  for await (const { text } of tailLogs(read, request)) texts.push(text);
  expect(texts).toEqual(["a1", "b", "a2"]);
});

test("following gives each line once, also a late one, and ends when stopped", async () => {
  const stop = new AbortController();
  const events = [{ id: "1", atMs: 100_000, text: "first" }];
  const asked: number[] = [];
  const read: FunctionLogs = async (_, { sinceMs }) => {
    asked.push(sinceMs);
    return { events: events.filter(({ atMs }) => atMs >= sinceMs) };
  };
  const arrivals = [
    { id: "2", atMs: 99_000, text: "late" },
    { id: "3", atMs: 300_000, text: "last" },
  ];
  const clock = {
    nowMs: () => 0,
    sleep: async (): Promise<void> => {
      const arrival = arrivals.shift();
      if (arrival === undefined) stop.abort();
      else events.push(arrival);
    },
  };
  const texts = [];
  const request = {
    groups: ["a"],
    sinceMs: 5,
    isFollowing: true,
    clock,
    signal: stop.signal,
    onMissing: ignore,
  };
  for await (const { text } of tailLogs(read, request)) texts.push(text);
  expect(texts).toEqual(["first", "late", "last"]);
  expect(asked).toEqual([5, 40_000, 40_000]);
});

test("following goes on after a look that AWS throttled, and ends with one that it refused", async () => {
  const failed = (name: string): Error => Object.assign(new Error("no"), { name });
  const looks = [failed("ThrottlingException"), undefined, failed("AccessDeniedException")];
  const read: FunctionLogs = async () => {
    const failure = looks.shift();
    if (failure !== undefined) throw failure;
    return { events: [{ id: "1", atMs: 1, text: "a" }] };
  };
  const clock = { nowMs: () => 0, sleep: async () => undefined };
  const texts: string[] = [];
  const follow = async (isFollowing: boolean): Promise<void> => {
    const request = { groups: ["a"], sinceMs: 0, isFollowing, clock, signal: STOP.signal, onMissing: ignore };
    for await (const { text } of tailLogs(read, request)) texts.push(text);
  };
  await expect(follow(true)).rejects.toThrow("no");
  expect({ texts, looks }).toEqual({ texts: ["a"], looks: [] });
  looks.push(failed("ThrottlingException"));
  await expect(follow(false)).rejects.toThrow("no");
});
