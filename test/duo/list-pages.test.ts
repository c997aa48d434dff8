import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { listPages } from "../../src/duo/list-pages.ts";
import type { Gap, Page } from "../../src/duo/page.ts";
import type { Stream } from "../../src/duo/tables/table.ts";
import { answeringClient, readAll } from "./support/scripted-duo.ts";

const TO_S = Date.UTC(2026, 2, 12, 15, 30) / 1000;
const FROM_S = TO_S - 3_600;
const WINDOW = { fromMs: FROM_S * 1000 + 400, toMs: TO_S * 1000 };

const LOG: Stream = {
  name: "administrator_v1",
  path: "/admin/v1/logs/administrator",
  paging: "list",
  pageRowCountMax: 1000,
  permission: "Grant read log",
  identity: () => undefined,
};

const HOUR_S = 3_600;

interface Row {
  readonly timestamp: number;
  readonly n: number;
}

/** So many rows in each second, as `[second, count]` from the start of the window. */
function rows(...seconds: readonly (readonly [second: number, count: number])[]): Row[] {
  let n = 0;
  return seconds.flatMap(([second, count]) =>
    Array.from({ length: count }, () => {
      n += 1;
      return { timestamp: FROM_S + second, n };
    }),
  );
}

interface Read {
  readonly pages: readonly Page[];
  readonly error: unknown;
  readonly mintimes: readonly number[];
  readonly gaps: readonly Gap[];
  /** Rows of the log that no page showed. */
  readonly lost: readonly Row[];
}

/** Reads a log that shows the earliest `cap` rows from mintime on. */
async function readLog(
  log: readonly Row[],
  { cap = 1000, stream = LOG, ignoresMintime = false } = {},
): Promise<Read> {
  const client = answeringClient(({ mintime }) => {
    const from = ignoresMintime ? 0 : Number(mintime);
    return log.filter(({ timestamp }) => timestamp >= from).slice(0, cap) as unknown as Json;
  });
  const { pages, error } = await readAll(listPages(client, stream, WINDOW));
  const shown = new Set(pages.flatMap(({ events }) => events) as unknown as Row[]);
  return {
    pages,
    error,
    mintimes: client.asked.map(({ mintime }) => Number(mintime) - FROM_S),
    gaps: pages.flatMap(({ gaps }) => gaps),
    lost: log.filter((row) => !shown.has(row)),
  };
}

const saturated = (second: number): Gap => ({
  fromMs: (FROM_S + second) * 1000,
  toMs: (FROM_S + second + 1) * 1000,
  reason: "saturated_second",
});

describe("listPages in a closed window", () => {
  const read = (log: readonly Row[]): ReturnType<typeof readAll> => {
    const client = answeringClient(({ mintime }) => {
      return log.filter(({ timestamp }) => timestamp >= Number(mintime)).slice(0, 1000) as unknown as Json;
    });
    return readAll(
      listPages(client, LOG, { fromMs: FROM_S * 1000, toMs: (FROM_S + 60) * 1000 - 1, isClosed: true }),
    );
  };
  const HOURS_2 = 2 * 3600;

  test("ends where a full page begins long behind it", async () => {
    const { pages, error } = await read(rows([HOURS_2, 600], [HOURS_2 + 1, 600]));
    expect(error).toBeUndefined();
    expect(pages).toMatchObject([{ events: [], isLast: true, gaps: [] }]);
  });

  test("ends where a full page goes on long behind it, and takes no second for saturated", async () => {
    const { pages, error } = await read(rows([0, 1], [59, 1], [HOURS_2, 1_200]));
    expect(error).toBeUndefined();
    expect(pages).toMatchObject([{ events: [{ n: 1 }, { n: 2 }], isLast: true, gaps: [] }]);
  });
});

test("listPages leaves rows to a later window that lie between its own and the present, but none from the future", async () => {
  const log = rows([0, 1], [HOUR_S - 1, 1], [HOUR_S + 5, 1], [3 * 24 * HOUR_S, 1]);
  const client = answeringClient(() => log as unknown as Json);
  const { pages } = await readAll(
    listPages(client, LOG, { fromMs: (FROM_S - HOUR_S) * 1000, toMs: FROM_S * 1000 }),
  );
  expect(pages).toMatchObject([{ events: [{ n: 1 }, { n: 2 }, { n: 4 }] }]);
});

describe("listPages", () => {
  test("asks from the whole second that the window begins in, and believes a small page", async () => {
    const { pages, mintimes } = await readLog(rows([0, 1], [60, 400]));
    expect(mintimes).toEqual([0]);
    expect(pages).toMatchObject([{ isLast: true, countsAnew: true, gaps: [], readThroughMs: WINDOW.toMs }]);
  });

  test("goes on at the last second seen, not behind it", async () => {
    const { pages, mintimes, lost } = await readLog(rows([1, 600], [7, 480], [9, 10]));
    expect(mintimes).toEqual([0, 7]);
    expect(lost).toEqual([]);
    expect(pages.map(({ readThroughMs }) => readThroughMs)).toEqual([(FROM_S + 7) * 1000, WINDOW.toMs]);
    expect(pages.every(({ countsAnew }) => countsAnew)).toBe(true);
  });

  test.each([600, 990, 1000, 1003])("loses nothing where a page shows %i rows", async (cap) => {
    const log = rows(...Array.from({ length: 60 }, (_, i) => [i * 3, 57] as const));
    const { lost, gaps, error } = await readLog(log, { cap });
    expect(error).toBeUndefined();
    expect(lost).toEqual([]);
    expect(gaps).toEqual([]);
  });

  test.each([1000, 1003])(
    "records a full page of %i rows in one second as a gap and goes on behind it",
    async (cap) => {
      const { gaps, lost, mintimes } = await readLog(rows([4, 1_500], [5, 3], [9, 2]), { cap });
      expect(mintimes).toEqual([0, 4, 5]);
      expect(gaps).toEqual([saturated(4)]);
      expect(lost).toHaveLength(1_500 - cap);
      expect(lost.every(({ timestamp }) => timestamp === FROM_S + 4)).toBe(true);
    },
  );

  test.each([600, 990])("finds out that a page of %i rows in one second was cut off", async (cap) => {
    const { gaps, lost } = await readLog(rows([4, 1_500], [5, 3]), { cap });
    expect(gaps).toEqual([saturated(4)]);
    expect(lost.every(({ timestamp }) => timestamp === FROM_S + 4)).toBe(true);
  });

  test("records no gap for a large second that ends the log", async () => {
    const { gaps, lost, pages } = await readLog(rows([1, 300], [4, 700]));
    expect(lost).toEqual([]);
    expect(gaps).toEqual([]);
    expect(pages.at(-1)).toMatchObject({ isLast: true, readThroughMs: WINDOW.toMs });
  });

  test("passes saturated seconds that follow one another", async () => {
    const { gaps, lost } = await readLog(rows([4, 1_200], [5, 1_000], [6, 1_001], [7, 1]));
    expect(gaps).toEqual([saturated(4), saturated(5), saturated(6)]);
    expect(lost).toHaveLength(201);
  });

  test("is not led into the future by a damaged row", async () => {
    const future = { timestamp: TO_S + 86_400, n: -1 };
    const log = rows([1, 700], [50, 700]);
    const client = answeringClient(({ mintime }, index) => {
      const shown = log.filter(({ timestamp }) => timestamp >= Number(mintime)).slice(0, 999);
      return (index === 0 ? [future, ...shown] : shown) as unknown as Json;
    });
    const { pages } = await readAll(listPages(client, LOG, WINDOW));
    const events = new Set<unknown>(pages.flatMap((page) => page.events));
    expect(log.every((row) => events.has(row))).toBe(true);
    expect(events.has(future)).toBe(true);
  });

  test("reads times that are text or fractions, and passes over what is none", async () => {
    const strange: readonly Json[] = [
      null,
      [],
      "x",
      {},
      { timestamp: null },
      { timestamp: "soon" },
      { timestamp: {} },
    ];
    const texts = rows([1, 600]).map(({ timestamp }) => ({ timestamp: String(timestamp) }));
    const fractions = rows([30, 500]).map(({ timestamp }) => ({ timestamp: timestamp + 0.9 }));
    const client = answeringClient((_params, index) =>
      index === 0 ? [...strange, ...texts, ...fractions] : [],
    );
    const { pages } = await readAll(listPages(client, LOG, WINDOW));
    expect(client.asked.map(({ mintime }) => mintime)).toEqual([String(FROM_S), String(FROM_S + 30)]);
    expect(pages[0]?.events).toHaveLength(1_107);
  });

  test("does not read a full page without any row at or after mintime for ever", async () => {
    const { error, pages } = await readLog(rows([-900, 2_000]), { ignoresMintime: true });
    expect(pages).toEqual([]);
    expect(error).toMatchObject({
      code: "duo_response_invalid",
      retryable: true,
      message: expect.stringContaining(`got mintime ${FROM_S}`),
    });
  });

  test("ends, and invents no gap, where a server ignores mintime and shows the same rows again", async () => {
    const { gaps, pages, error } = await readLog(rows([1, 300], [2, 500]), { ignoresMintime: true });
    expect(error).toBeUndefined();
    expect(gaps).toEqual([]);
    expect(pages.at(-1)?.isLast).toBe(true);
  });

  test("asks from the beginning of time at the earliest", async () => {
    const client = answeringClient(() => []);
    await readAll(listPages(client, LOG, { fromMs: -5_000, toMs: 0 }));
    expect(client.asked).toEqual([{ mintime: "0" }]);
  });

  test.each([
    [null, "null"],
    [{}, "object"],
    ["x", "string"],
  ])("a response that is %j is an error, not the end", async (answer, got) => {
    const { pages, error } = await readAll(
      listPages(
        answeringClient(() => answer),
        LOG,
        WINDOW,
      ),
    );
    expect(pages).toEqual([]);
    expect(error).toMatchObject({
      code: "duo_response_invalid",
      message: `Cannot read a page of ${LOG.path}: response must be an array, got ${got}`,
    });
  });

  test("never misses a row outside the gaps it records, whatever the log and the size of its pages", async () => {
    const stream = { ...LOG, pageRowCountMax: 10 };
    const seconds = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 14 })), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(seconds, fc.integer({ min: 5, max: 12 }), async (counts, cap) => {
        // Rows cut off at the very end show only when something follows them.
        const log = rows(...counts.toSorted(([a], [b]) => a - b), [13, 1]);
        const { lost, gaps, error } = await readLog(log, { cap, stream });
        expect(error).toBeUndefined();
        const isInGap = ({ timestamp }: Row): boolean =>
          gaps.some(({ fromMs }) => fromMs === timestamp * 1000);
        expect(lost.filter((row) => !isInGap(row))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
