import { expect, test } from "vitest";
import { planMessages } from "../../src/aws/plan-messages.ts";
import { pullMessage } from "../../src/aws/pull-message.ts";

test("the dispatcher's messages name what it was given, alone and in shards", () => {
  const few = ["a", "b"];
  const many = Array.from({ length: 130 }, (_, index) => `source-${index}`);
  for (const sources of [few, many]) {
    const messages = planMessages(sources, 1_234_000).map(({ body }) => pullMessage(body));
    expect(messages.flatMap((message) => message.sources)).toEqual(sources);
    expect(messages.every(({ tickMs }) => tickMs === 1_234_000)).toBe(true);
  }
});

test("the rule's message has more members, and a name twice counts once", () => {
  expect(pullMessage('{"id":"1","time":"2026-11-22T20:00:00Z","sources":["duo","duo"]}')).toEqual({
    sources: ["duo"],
    tickMs: Date.UTC(2026, 10, 22, 20),
  });
});

test.each(["", "no json", "[]", "{}", '{"sources":[]}', '{"sources":"duo"}', '{"sources":[1]}'])(
  "the message %j is none",
  (body) => {
    expect(() => pullMessage(body)).toThrow("Cannot read the message: it must name log sources, got");
  },
);

test.each(['{"sources":["duo"]}', '{"sources":["duo"],"time":"soon"}', '{"sources":["duo"],"time":5}'])(
  "the message %j does not say when it was sent",
  (body) => {
    expect(pullMessage(body)).toEqual({ sources: ["duo"], tickMs: undefined });
  },
);
