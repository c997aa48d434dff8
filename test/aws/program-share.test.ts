import { expect, test } from "vitest";
import { programShare } from "../../src/aws/program-share.ts";

const SHARD = Array.from({ length: 25 }, (_, index) => `duo_${index}`);

test("up to a hundred log sources have one program and all of the room", () => {
  expect(programShare(100, ["duo_3"])).toEqual({ names: undefined, cacheShare: 1 });
});

test("of more a program serves those of the message, and four of them fill the room", () => {
  expect(programShare(101, SHARD)).toEqual({ names: SHARD, cacheShare: 0.25 });
  expect(programShare(5_000, [...SHARD, ...SHARD, ...SHARD, ...SHARD, "one more"]).cacheShare).toBe(1);
});
