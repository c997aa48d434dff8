import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Stream } from "../../src/duo/tables/table.ts";
import { findTwins } from "../../src/pipeline/twins.ts";

function stream(name: string, key: string): Stream {
  return {
    name,
    path: `/${name}`,
    paging: "list",
    pageRowCountMax: 1000,
    permission: "Grant read log",
    identity: () => undefined,
    twinKey: (event: JsonObject) => (typeof event[key] === "string" ? event[key] : undefined),
  };
}

const OLD = stream("old", "old");
const NEW = stream("new", "new");

async function* rows(originals: readonly Json[]): AsyncGenerator<{ readonly text: string }[]> {
  yield originals.map((original) => ({ text: JSON.stringify(original) }));
}

test("an event whose twin is in the lake is known, as many times as the twin is there", async () => {
  const twins = await findTwins(NEW, [OLD], rows([{ old: "a" }, { old: "a" }, { old: "b" }]));
  const claims = ["a", "a", "a", "b", "c"].map((key, i) => twins.claim({ new: key }, String(i)));
  expect(claims).toEqual([true, true, false, true, false]);
});

test("an event that comes twice claims its twin once", async () => {
  const twins = await findTwins(NEW, [OLD], rows([{ old: "a" }]));
  expect(["1", "1", "2"].map((hash) => twins.claim({ new: "a" }, hash))).toEqual([true, true, false]);
});

test("rows of the same stream, and texts that are no events, are nobody's twin", async () => {
  const twins = await findTwins(NEW, [OLD], rows([{ new: "a" }, "a", 7, null]));
  expect(twins.claim({ new: "a" }, "1")).toBe(false);
  expect(twins.claim("a", "2")).toBe(false);
  async function* damaged(): AsyncGenerator<{ readonly text: string }[]> {
    yield [{ text: "{" }];
  }
  expect((await findTwins(NEW, [OLD], damaged())).claim({ new: "a" }, "3")).toBe(false);
});
