import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { readPages } from "../../src/duo/pages.ts";
import { probeStream } from "../../src/duo/probe-stream.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import { answeringClient, readAll } from "./support/scripted-duo.ts";

const WINDOW = { fromMs: 1_773_151_509_123, toMs: 1_773_155_109_123 };
const STREAMS = LOG_TABLES.flatMap(({ streams }) => streams);

/** What the end of a stream looks like. */
function nothing(itemsKey: string | undefined, metadata: JsonObject = {}): Json {
  return itemsKey === undefined ? [] : { [itemsKey]: [], metadata };
}

test.each(STREAMS)("readPages reads $name by its rule and ends", async (stream) => {
  const client = answeringClient(() => nothing(stream.itemsKey));
  const { pages, error } = await readAll(readPages(client, stream, WINDOW));
  expect(error).toBeUndefined();
  expect(pages).toMatchObject([{ isLast: true, readThroughMs: WINDOW.toMs }]);
  const units = { cursor: 13, offset: 13, list: 10, gauge: undefined };
  expect(client.asked[0]?.["mintime"]?.length).toBe(units[stream.paging]);
});

test("readPages takes the present state of a gauge for one event, whatever it is", async () => {
  const stream = STREAMS.find(({ paging }) => paging === "gauge");
  if (stream === undefined) throw new Error("no gauge");
  for (const state of [{ user_count: 1 }, null, []]) {
    const { pages } = await readAll(
      readPages(
        answeringClient(() => state),
        stream,
        WINDOW,
      ),
    );
    expect(pages.map(({ events }) => events)).toEqual([[state]]);
  }
});

test.each(STREAMS)("probeStream asks $name for as little as it gives", async (stream) => {
  const metadata = { total_objects: { relation: "eq", value: 1234 } };
  const client = answeringClient(() => nothing(stream.itemsKey, metadata));
  const { eventCount } = await probeStream(client, stream, WINDOW);
  const expected = {
    cursor: { mintime: "1773151509123", maxtime: "1773155109123", limit: "1" },
    offset: { mintime: "1773151509123", maxtime: "1773155109123", limit: "1" },
    list: { mintime: "1773155109" },
    gauge: {},
  };
  expect(client.asked).toEqual([expected[stream.paging]]);
  expect(eventCount).toBe(stream.paging === "cursor" || stream.paging === "offset" ? 1234 : undefined);
});

test("probeStream does not count where Duo does not", async () => {
  const stream = STREAMS.find(({ paging }) => paging === "cursor");
  if (stream === undefined) throw new Error("no log");
  for (const response of [null, {}, { metadata: { total_objects: { relation: "gte", value: 10_000 } } }]) {
    expect(
      await probeStream(
        answeringClient(() => response),
        stream,
        WINDOW,
      ),
    ).toEqual({ eventCount: undefined });
  }
});
