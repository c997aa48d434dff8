import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { openEvent } from "../../../../src/duo/tables/common/open-event.ts";

test.each<[Json, string]>([
  [null, "not_an_object"],
  ["x", "not_an_object"],
  [7, "not_an_object"],
  [[{}], "not_an_object"],
])("openEvent refuses %j", (value, reason) => {
  expect(openEvent(value)).toEqual({ kind: "rejected", reason });
});

test.each<[Json]>([[{}], [{ response: [] }], [{ response: [], stat: "OK" }], [{ _table: "auth" }]])(
  "openEvent finds %j empty",
  (value) => {
    expect(openEvent(value)).toEqual({ kind: "empty" });
  },
);

test("openEvent writes the event with sorted keys and without the routing key", () => {
  const event = { b: [1, { d: null, c: "" }], _table: "auth", a: { _table: "kept" } };
  expect(openEvent(event)).toEqual({
    kind: "open",
    event: { b: event.b, a: event.a },
    original: '{"a":{"_table":"kept"},"b":[1,{"c":"","d":null}]}',
  });
});

test("openEvent takes 100 levels and no more", () => {
  let value: Json = "x";
  for (let i = 0; i < 99; i += 1) value = [value];
  expect(openEvent({ a: value }).kind).toBe("open");
  expect(openEvent({ a: [value] })).toEqual({ kind: "rejected", reason: "too_deep" });
});
