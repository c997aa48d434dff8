import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { cursorPages } from "../../src/duo/cursor-pages.ts";
import type { Page } from "../../src/duo/page.ts";
import type { Stream } from "../../src/duo/tables/table.ts";
import { answeringClient, readAll } from "./support/scripted-duo.ts";

const TO_MS = Date.UTC(2026, 2, 12, 15, 30);
const WINDOW = { fromMs: TO_MS - 3_600_000, toMs: TO_MS };
const FULL = 4;

const LOG: Stream = {
  name: "authentication_v2",
  path: "/admin/v2/logs/authentication",
  paging: "cursor",
  itemsKey: "authlogs",
  pageRowCountMax: FULL,
  permission: "Grant read log",
  identity: () => undefined,
};
const MONITOR: Stream = { ...LOG, name: "trust_monitor_v1", paging: "offset", itemsKey: "events" };

interface Answer {
  readonly rowCount: number;
  readonly cursor?: Json;
  readonly total?: Json;
  readonly itemsKey?: string;
}

function response({ rowCount, cursor, total, itemsKey = "authlogs" }: Answer): Json {
  const metadata = {
    ...(cursor === undefined ? {} : { next_offset: cursor }),
    ...(total === undefined ? {} : { total_objects: total }),
  };
  return { [itemsKey]: Array.from({ length: rowCount }, (_, i) => ({ row: i })), metadata };
}

async function readScript(
  answers: readonly Answer[],
  stream: Stream = LOG,
): Promise<{
  readonly pages: readonly Page[];
  readonly error: unknown;
  readonly asked: readonly Readonly<Record<string, string>>[];
}> {
  const client = answeringClient((_params, index) => response(answers[index] ?? { rowCount: 0 }));
  const read = await readAll(cursorPages(client, stream, WINDOW));
  return { ...read, asked: client.asked };
}

const cursorAt = (minutes: number): string => `${TO_MS - minutes * 60_000},6e0f3b1c`;
const through = (pages: readonly Page[]): (number | undefined)[] =>
  pages.map(({ readThroughMs }) => readThroughMs);
const ago = (minutes: number): number => TO_MS - minutes * 60_000;

describe("cursorPages", () => {
  test("asks for whole milliseconds, full pages, oldest first", async () => {
    const client = answeringClient(() => response({ rowCount: 0 }));
    const window = { fromMs: WINDOW.fromMs + 0.7, toMs: WINDOW.toMs + 0.7 };
    await readAll(cursorPages(client, LOG, window));
    const { fromMs, toMs } = WINDOW;
    expect(client.asked).toEqual([
      { mintime: String(fromMs), maxtime: String(toMs), limit: String(FULL), sort: "ts:asc" },
    ]);
  });

  test.each([
    ["one text", [cursorAt(9), cursorAt(5)]],
    [
      "time and id apart",
      [
        [String(ago(9)), "6e0f3b1c"],
        [ago(5), "6e0f3b1c"],
      ],
    ],
  ])("sends a cursor that is %s back joined with a comma, with the same window", async (_name, cursors) => {
    const { asked, error } = await readScript([
      { rowCount: FULL, cursor: cursors[0] as Json },
      { rowCount: FULL, cursor: cursors[1] as Json },
      { rowCount: 0 },
    ]);
    expect(error).toBeUndefined();
    expect(asked.map((params) => params["next_offset"])).toEqual([undefined, cursorAt(9), cursorAt(5)]);
    for (const params of asked) expect(params).toMatchObject(asked[0] ?? {});
  });

  test("sends Trust Monitor's cursor back as offset, without sort", async () => {
    const { asked, pages } = await readScript(
      [
        { rowCount: FULL, cursor: "1591014", itemsKey: "events" },
        { rowCount: 1, itemsKey: "events" },
      ],
      MONITOR,
    );
    expect(asked.map(({ offset, sort, next_offset: cursor }) => [offset, sort, cursor])).toEqual([
      [undefined, undefined, undefined],
      ["1591014", undefined, undefined],
    ]);
    // Its cursor tells no time.
    expect(through(pages)).toEqual([undefined, TO_MS]);
  });

  test("each page is read through to the time of its cursor, the last one to the end of the window", async () => {
    const { pages } = await readScript([
      { rowCount: FULL, cursor: cursorAt(9), total: 6 },
      { rowCount: 2, cursor: cursorAt(3), total: 6 },
    ]);
    expect(through(pages)).toEqual([ago(9), TO_MS]);
    expect(pages.map(({ isLast }) => isLast)).toEqual([false, true]);
    expect(pages.map(({ events }) => events.length)).toEqual([FULL, 2]);
  });

  test.each([
    ["an integer", 3],
    ["an object", { relation: "eq", value: 3 }],
  ])("a short page ends it at once where the total, %s, is reached", async (_name, total) => {
    const { asked, pages } = await readScript([{ rowCount: 3, cursor: cursorAt(2), total }]);
    expect(asked).toHaveLength(1);
    expect(through(pages)).toEqual([TO_MS]);
  });

  test.each([
    ["absent", undefined],
    ["only a lower bound", { relation: "gte", value: 3 }],
    ["without relation", { value: 3 }],
    ["text", "3"],
    ["null", null],
  ])("a short page is not believed where the total is %s", async (_name, total) => {
    const { asked, pages } = await readScript([
      { rowCount: 3, cursor: cursorAt(2), total: total as Json },
      { rowCount: 1, cursor: cursorAt(1), total: total as Json },
      { rowCount: 0, total: 0 },
    ]);
    expect(asked).toHaveLength(3);
    expect(through(pages)).toEqual([ago(2), ago(1), TO_MS]);
  });

  test("a short page before the end is followed", async () => {
    const { pages } = await readScript([
      { rowCount: 1, cursor: cursorAt(9), total: 3 },
      { rowCount: 2, cursor: cursorAt(2), total: 3 },
    ]);
    expect(through(pages)).toEqual([ago(9), TO_MS]);
  });

  test("a full page is followed even where the total is reached", async () => {
    const { asked, pages } = await readScript([
      { rowCount: FULL, cursor: cursorAt(9), total: FULL },
      { rowCount: 0, total: FULL },
    ]);
    expect(asked).toHaveLength(2);
    expect(pages.at(-1)).toMatchObject({ isLast: true, readThroughMs: TO_MS });
  });

  test.each([null, "", []])(
    "an empty page ends it, with the cursor %j or one that goes on",
    async (cursor) => {
      for (const next of [cursor, cursorAt(1)]) {
        const { asked, pages } = await readScript([{ rowCount: 0, cursor: next, total: 0 }]);
        expect(asked).toHaveLength(1);
        expect(pages).toMatchObject([{ events: [], isLast: true, readThroughMs: TO_MS }]);
      }
    },
  );

  test("an empty page that comes too early ends it and proves no more than the pages before", async () => {
    const { pages } = await readScript([
      { rowCount: FULL, cursor: cursorAt(9), total: 10 },
      { rowCount: 0, total: 10 },
    ]);
    expect(through(pages)).toEqual([ago(9), ago(9)]);
  });

  test("a page without cursor ends it, and proves no more than the pages before where rows are missing", async () => {
    const { asked, pages } = await readScript([
      { rowCount: FULL, cursor: cursorAt(9), total: 10 },
      { rowCount: FULL, total: 10 },
    ]);
    expect(asked).toHaveLength(2);
    expect(pages.at(-1)).toMatchObject({ isLast: true, readThroughMs: ago(9) });
  });

  test("a cursor that repeats on a full page is an error, on a short one the end", async () => {
    const first = { rowCount: FULL, cursor: cursorAt(9), total: 6 };
    const stuck = await readScript([first, { rowCount: FULL, cursor: cursorAt(9) }]);
    expect(stuck.pages).toHaveLength(1);
    expect(stuck.error).toMatchObject({
      code: "duo_response_invalid",
      retryable: true,
      message: expect.stringContaining(cursorAt(9)),
    });
    const short = await readScript([first, { rowCount: 2, cursor: cursorAt(9), total: 6 }]);
    expect(short.error).toBeUndefined();
    expect(short.pages.at(-1)).toMatchObject({ isLast: true, readThroughMs: TO_MS });
  });

  test("pages that go back in time prove nothing before the end", async () => {
    const { pages } = await readScript([
      { rowCount: FULL, cursor: cursorAt(3), total: 10 },
      { rowCount: FULL, cursor: cursorAt(9), total: 10 },
      { rowCount: 1, cursor: cursorAt(1), total: 10 },
      { rowCount: 1, cursor: cursorAt(8), total: 10 },
    ]);
    expect(through(pages)).toEqual([ago(3), undefined, undefined, TO_MS]);
  });

  test("a server that ignores mintime proves nothing but what it showed", async () => {
    const { pages } = await readScript([
      { rowCount: FULL, cursor: cursorAt(500), total: 5 },
      { rowCount: 1, cursor: cursorAt(400), total: 5 },
    ]);
    expect(through(pages)).toEqual([ago(500), TO_MS]);
  });

  test("a cursor that tells no time proves nothing before the end", async () => {
    const { pages } = await readScript([
      { rowCount: FULL, cursor: "opaque" },
      { rowCount: FULL, cursor: 12345 },
      { rowCount: 0 },
    ]);
    expect(through(pages)).toEqual([undefined, undefined, TO_MS]);
  });

  test.each([
    ["null", null, "undefined"],
    ["an array", [], "undefined"],
    ["text", "x", "undefined"],
    ["without rows", { metadata: {} }, "undefined"],
    ["rows null", { authlogs: null }, "null"],
    ["rows an object", { authlogs: {} }, "object"],
  ])("a response that is %s is an error, not the end", async (_name, answer, got) => {
    const client = answeringClient(() => answer);
    const { pages, error } = await readAll(cursorPages(client, LOG, WINDOW));
    expect(pages).toEqual([]);
    expect(error).toMatchObject({
      code: "duo_response_invalid",
      retryable: true,
      message: `Cannot read a page of ${LOG.path}: response.authlogs must be an array, got ${got}`,
    });
  });

  test("a response without metadata is a last page", async () => {
    const client = answeringClient(() => ({ authlogs: [{}] }));
    expect((await readAll(cursorPages(client, LOG, WINDOW))).pages).toMatchObject([{ isLast: true }]);
  });
});
