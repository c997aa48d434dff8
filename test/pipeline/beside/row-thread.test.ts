import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parseJson, stringifySorted } from "../../../src/core/json.ts";
import type { Row } from "../../../src/core/row.ts";
import { findTable } from "../../../src/duo/tables/index.ts";
import type { LogTable, Stream } from "../../../src/duo/tables/table.ts";
import type { RowWriter } from "../../../src/lake/lake.ts";
import type { OpenRowFiles } from "../../../src/lake/parquet/row-files.ts";
import type { Answer, Order } from "../../../src/pipeline/beside/messages.ts";
import type { NewEvent } from "../../../src/pipeline/beside/files-beside.ts";
import { rowThread } from "../../../src/pipeline/beside/row-thread.ts";
import type { Port } from "../../../src/pipeline/beside/start-thread.ts";
import { serveRows } from "../../../src/pipeline/beside/serve-rows.ts";
import { withOrigin } from "../../../src/pipeline/with-origin.ts";
import { sampleEvents } from "../../support/sample-events.ts";
import { sql } from "../../lake/support/sql.ts";
import { tempDir } from "../../lake/support/temp-dir.ts";
import { testTable } from "../../lake/support/test-lake.ts";

const AUTH = findTable("auth") as LogTable;
const STREAM = AUTH.streams[0] as Stream;
const FETCHED_AT_MS = Date.UTC(2026, 2, 12, 15);
const FEED = { table: AUTH, stream: STREAM, account: { id: "DA1", name: "Child" } };

/** A thread's port with the other side on this thread: messages are copied and come later, as they do between threads. */
interface FakePort {
  readonly start: () => Port;
  readonly startCount: () => number;
  readonly isRunning: () => boolean;
  /** Orders that were given and are not carried out yet; `hold` keeps them. */
  readonly held: Order[];
  hold: boolean;
  readonly release: () => void;
  readonly die: (error: Error) => void;
}

function fakePort(): FakePort {
  let startCount = 0;
  let running = false;
  let listeners: { readonly message: (answer: Answer) => void; readonly error: (error: Error) => void };
  let serve: (order: Order) => void;
  const port: FakePort = {
    start: () => {
      startCount += 1;
      running = true;
      const on: Record<string, (value: never) => void> = {};
      listeners = {
        message: (answer) => on["message"]?.(answer as never),
        error: (error) => on["error"]?.(error as never),
      };
      serve = serveRows((answer) => {
        const copy = structuredClone(answer);
        setImmediate(() => running && listeners.message(copy));
      });
      return {
        postMessage: (order) => {
          const copy = structuredClone(order);
          if (port.hold) port.held.push(copy);
          else setImmediate(() => running && serve(copy));
        },
        on: (event, listener) => (on[event] = listener),
        terminate: () => Promise.resolve(void (running = false)),
      };
    },
    startCount: () => startCount,
    isRunning: () => running,
    held: [],
    hold: false,
    release: () => {
      port.hold = false;
      for (const order of port.held.splice(0)) serve(order);
    },
    die: (error) => {
      running = false;
      listeners.error(error);
    },
  };
  return port;
}

/** Sample events, each with a time of its own in two days. */
function events(count: number): NewEvent[] {
  const samples = sampleEvents("auth");
  return Array.from({ length: count }, (_, i) => {
    const timestamp = Math.floor(FETCHED_AT_MS / 1000) - i * 700;
    const event = { ...samples[i % samples.length], txid: `tx-${i}`, timestamp };
    return { original: stringifySorted(event), hash: `hash-${i}`, fetchedAtMs: FETCHED_AT_MS };
  });
}

function rowOf({ original, hash, fetchedAtMs }: NewEvent): Row {
  const mapped = AUTH.map(parseJson(original), { fetchedAtUs: fetchedAtMs * 1000 });
  if (mapped.kind !== "row") throw new Error("Cannot map a sample event");
  const createdAt = new Date(fetchedAtMs).toISOString();
  return withOrigin(mapped.row, { hash, createdAt, account: FEED.account });
}

const COLUMNS = AUTH.columns();

async function contentOf({ finish }: Pick<RowWriter, "finish">): Promise<unknown[]> {
  const { files, refused } = await finish();
  expect(refused).toEqual([]);
  const paths = files.map(({ path }) => `'${path}'`).join(", ");
  return sql.rows(`SELECT * FROM read_parquet([${paths}]) ORDER BY ts, event.hash`);
}

function opener(port: FakePort): OpenRowFiles<NewEvent> {
  const open = rowThread(port.start).open(FEED);
  if (open === undefined) throw new Error("Cannot open a writer on the thread");
  return open;
}

describe("rowThread", () => {
  test("writes the rows that would have been written here", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const port = fakePort();
    const [here, beside] = [table.writer(), table.writer(opener(port))];
    for (const event of events(700)) {
      here.add(rowOf(event));
      beside.add(event);
    }
    expect(beside.rowCount).toBe(700);
    const content = await contentOf(beside);
    expect(content).toHaveLength(700);
    expect(content).toEqual(await contentOf(here));
  });

  test("serves several writers at once, and ends with the last of them", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const port = fakePort();
    const open = opener(port);
    const [first, second] = [table.writer(open), table.writer(open)];
    const all = events(20);
    all.forEach((event, i) => (i % 2 === 0 ? first : second).add(event));
    expect(await contentOf(first)).toHaveLength(10);
    expect(port.isRunning()).toBe(true);
    expect(await contentOf(second)).toHaveLength(10);
    expect(port.isRunning()).toBe(false);
    expect(port.startCount()).toBe(1);
    const later = table.writer(open);
    later.add(all[0] as NewEvent);
    expect(await contentOf(later)).toHaveLength(1);
    expect(port.startCount()).toBe(2);
    expect(port.isRunning()).toBe(false);
  });

  test("gives back rows that do not fit", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, {
      columns: [
        { name: "ts", type: "timestamptz" },
        { name: "event", type: { type: "struct", fields: [{ name: "hash", type: "int" }] } },
      ],
    });
    const beside = table.writer(opener(fakePort()));
    beside.add(events(1)[0] as NewEvent);
    const { files, refused } = await beside.finish();
    expect(files).toEqual([]);
    expect(refused).toMatchObject([
      { row: { event: { hash: "hash-0" } }, reason: expect.stringContaining("event.hash must be") as string },
    ]);
  });

  test("makes whoever adds wait while too much is waiting", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const port = fakePort();
    const beside = table.writer(opener(port));
    port.hold = true;
    for (const event of events(4_000)) beside.add(event);
    let isReady = false;
    const ready = beside.ready().then(() => (isReady = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isReady).toBe(false);
    port.release();
    await ready;
    expect(await contentOf(beside)).toHaveLength(4_000);
  });

  test("a thread that ends is an error that passes, and the next writer has another one", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const port = fakePort();
    const open = opener(port);
    const failing = table.writer(open);
    for (const event of events(300)) failing.add(event);
    const finished = failing.finish();
    port.die(new Error("out of memory"));
    await expect(finished).rejects.toMatchObject({
      code: "internal",
      retryable: true,
      message: expect.stringContaining("out of memory") as string,
    });
    await failing.ready();
    await failing.abort();
    const next = table.writer(open);
    next.add(events(1)[0] as NewEvent);
    expect(await contentOf(next)).toHaveLength(1);
  });

  test("what the disk refuses is told as if it were refused here, and nothing is left behind", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const port = fakePort();
    const open = opener(port);
    // No folder can be made below a file.
    const writer = table.writer((options) => open({ ...options, folder: "/dev/null/rows" }));
    writer.add(events(1)[0] as NewEvent);
    await expect(writer.finish()).rejects.toMatchObject({ code: "lake_unwritable" });
    expect(port.isRunning()).toBe(false);
  });

  test("aborting removes what was written", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: COLUMNS });
    const port = fakePort();
    const beside = table.writer(opener(port));
    for (const event of events(600)) beside.add(event);
    await beside.abort();
    await beside.abort();
    expect(port.isRunning()).toBe(false);
    const left = await readdir(dir.path, { recursive: true });
    expect(left.filter((name) => name.endsWith(".parquet"))).toEqual([]);
  });

  test("has no place for mappings that the thread would not find", () => {
    const thread = rowThread(() => {
      throw new Error("started");
    });
    expect(thread.open({ ...FEED, table: { ...AUTH } })).toBeUndefined();
    expect(thread.open({ ...FEED, stream: { ...STREAM } })).toBeUndefined();
  });
});
