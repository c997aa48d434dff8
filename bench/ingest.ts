import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../src/app.ts";
import type { Clock } from "../src/core/clock.ts";
import { decodeUtf8 } from "../src/core/decode-utf8.ts";
import type { Http } from "../src/core/http.ts";
import { LOG_TABLES } from "../src/duo/tables/index.ts";
import { type Measurement } from "./measurement.ts";
import { recordedFile } from "./record.ts";
import { RECORDED_DAYS, RECORDED_UNTIL_MS } from "./recorded-pages.ts";

const EVENT_COUNT = 200_000;
const RUN_COUNT = 5;
const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 10;
const EMPTY = JSON.stringify({
  stat: "OK",
  response: { authlogs: [], metadata: { next_offset: null, total_objects: 0 } },
});

/** From the bytes of recorded pages to committed rows: reading, mapping, identities, Parquet and commits. */
export async function measureIngest(): Promise<Measurement[]> {
  const pages = splitLines(readFileSync(recordedFile(EVENT_COUNT)));
  await ingest(pages);
  const runs = [];
  for (let i = 0; i < RUN_COUNT; i += 1) runs.push(await ingest(pages));
  return [
    {
      name: "page bytes to committed rows",
      values: runs.map(({ eventCount, wallMs }) => (eventCount / wallMs) * 1000),
      unit: "events/s",
      goal: { min: 20_000 },
    },
    {
      name: "the same, CPU time of all threads",
      values: runs.map(({ eventCount, cpuMs }) => (cpuMs / eventCount) * 1000),
      unit: "µs/event",
    },
  ];
}

/** A million events in one pull, the process watched from inside. */
export async function measureMemory(): Promise<Measurement[]> {
  const { eventCount } = await ingest(linesOf(recordedFile(1_000_000)));
  if (eventCount !== 1_000_000) throw new Error(`Cannot measure: ${eventCount} events arrived`);
  return [
    {
      name: "peak memory of a pull of 1,000,000 events",
      values: [process.resourceUsage().maxRSS / 1024],
      unit: "MB",
      goal: { max: 600 },
    },
  ];
}

async function ingest(
  pages: Iterable<Buffer> | Iterable<string>,
): Promise<{ readonly eventCount: number; readonly wallMs: number; readonly cpuMs: number }> {
  const { app, dir } = await benchApp(replay(pages));
  try {
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const result = await (await app.sources[0]?.accounts())?.[0]?.pullers[0]?.pull();
    const wallMs = performance.now() - startMs;
    const used = process.cpuUsage(cpu);
    if (result?.error !== undefined) throw new Error(result.error.message);
    return { eventCount: result?.appended ?? 0, wallMs, cpuMs: (used.user + used.system) / 1000 };
  } finally {
    await app[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(10, from);
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

/** The lines of a file, read when they are asked for: `node:readline` reads ahead as fast as it can while the pull waits. */
function* linesOf(file: string): Iterable<string> {
  const handle = openSync(file, "r");
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(handle, chunk);
      if (count === 0) return;
      rest = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let to = rest.indexOf(NEWLINE); to >= 0; to = rest.indexOf(NEWLINE)) {
        yield rest.toString("utf8", 0, to);
        rest = rest.subarray(to + 1);
      }
    }
  } finally {
    closeSync(handle);
  }
}

/** Hands out recorded pages one after the other, then an empty one. */
function replay(pages: Iterable<Buffer> | Iterable<string>): Http {
  const iterator = (pages as Iterable<Buffer | string>)[Symbol.iterator]();
  return async () => {
    // An answer from a network never comes within the same turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    const next = iterator.next();
    if (next.done === true) return { status: 200, headers: {}, body: EMPTY };
    const body = typeof next.value === "string" ? next.value : decodeUtf8(next.value);
    return { status: 200, headers: {}, body };
  };
}

/** A clock that stands still and never makes anybody wait. */
function stillClock(nowMs: number): Clock {
  return { nowMs: () => nowMs, sleep: () => Promise.resolve() };
}

async function benchApp(http: Http): Promise<{ app: App; dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-bench-"));
  const app = await createApp({
    config: {
      dir,
      lake: { warehouse: join(dir, "lake"), database: "matano", catalog: { type: "folder" } },
      secrets: { store: "local", label: "main" },
      pull: {
        intervalMs: 300_000,
        lookBackMs: 3_600_000,
        backfillMs: 0,
        holdAfter429Ms: 60_000,
        failingAfterMs: 900_000,
      },
      logSources: [
        {
          name: "duo",
          apiHostname: "api-bench000.duosecurity.com",
          integrationKey: "DIBENCH0000000000001",
          adminStream: "auto",
          tables: LOG_TABLES.filter(({ name }) => name === "auth").map(({ name, columns }) => ({
            name,
            resolvedName: `duo_${name}`,
            columns: columns(),
          })),
        },
      ],
      warnings: [],
    },
    clock: stillClock(RECORDED_UNTIL_MS + 120_000),
    env: { DUOLAKE_SECRET_KEY_DUO: "benchsecretkey000000000000000000000000001" },
    http,
    firstWindowMs: RECORDED_DAYS * 86_400_000,
  });
  return { app, dir };
}
