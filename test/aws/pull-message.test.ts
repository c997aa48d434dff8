import { expect, test } from "vitest";
import { planMessages } from "../../src/aws/plan-messages.ts";
import { pullMessage } from "../../src/aws/pull-message.ts";

test("the dispatcher's messages name what it was given, alone and in shards", () => {
  const few = ["a", "b"];
  const many = Array.from({ length: 130 }, (_, index) => `source-${index}`);
  for (const sources of [few, many]) {
    expect(planMessages(sources, 0).flatMap(({ body }) => pullMessage(body))).toEqual(sources);
  }
});

test("the rule's message has more members, and a name twice counts once", () => {
  expect(pullMessage('{"id":"1","time":"2026-11-22T20:00:00Z","sources":["duo","duo"]}')).toEqual(["duo"]);
});

test.each(["", "no json", "[]", "{}", '{"sources":[]}', '{"sources":"duo"}', '{"sources":[1]}'])(
  "the message %j is none",
  (body) => {
    expect(() => pullMessage(body)).toThrow("Cannot read the message: it must name log sources, got");
  },
);
