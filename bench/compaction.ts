import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Row } from "../src/core/row.ts";
import type { Lake } from "../src/lake/lake.ts";
import { openQuery } from "../src/query/open-query.ts";
import { type BenchLake, FENCE, fenceAt, recordedRows, withBenchLake } from "./maintain-lake.ts";
import { type Measurement, median } from "./measurement.ts";

const DAY_MS = 86_400_000;
const INTERVAL_MS = 300_000;
const PER_DAY = DAY_MS / INTERVAL_MS;
/** A day of a company of 2,000 people. */
const ROWS_PER_FILE = 60;
const COMPACTION_COUNT = 5;
/** Of a whole day, so that every file is opened; the first time is for code to become warm. */
const QUESTION = "SELECT user.name, count(*) FROM auth WHERE event.outcome = 'failure' GROUP BY ALL";
const ASK_COUNT = 4;

/** Compaction of a day of five-minute files. */
export async function measureCompaction(): Promise<Measurement[]> {
  const runs: Run[] = [];
  const { rows, jsonBytes } = await recordedRows(Math.ceil((PER_DAY * ROWS_PER_FILE) / 1000) * 1000);
  for (let run = 0; run < COMPACTION_COUNT; run += 1)
    runs.push(await withBenchLake((bench) => compactDay(bench, rows)));
  const values = (of: (run: Run) => number): number[] => runs.map(of);
  const rawBytes = (jsonBytes / rows.length) * PER_DAY * ROWS_PER_FILE;
  const peakMib = await withBenchLake(async (bench) => {
    await appendDay(bench, rows);
    return peakOfMaintenance(bench);
  });
  return [
    {
      name: `compaction of a day with ${PER_DAY} files`,
      values: values(({ ms }) => ms / 1000),
      unit: "s",
      goal: { max: 2 },
    },
    {
      name: "failed logins by user of that day, before it",
      values: values(({ askBeforeMs }) => askBeforeMs),
      unit: "ms",
    },
    { name: "the same after it", values: values(({ askAfterMs }) => askAfterMs), unit: "ms" },
    {
      name: "before it to after it",
      values: values(({ askBeforeMs, askAfterMs }) => askBeforeMs / askAfterMs),
      unit: "x",
    },
    { name: "its CPU time", values: values(({ cpuMs }) => cpuMs / 1000), unit: "s" },
    { name: "the look at history and orphans", values: values(({ lookMs }) => lookMs / 1000), unit: "s" },
    {
      name: "stored bytes of the raw JSON's",
      values: values(({ bytes }) => (bytes / rawBytes) * 100),
      unit: "%",
      goal: { max: 15 },
    },
    { name: "peak memory of a process that compacts it", values: [peakMib], unit: "MiB", goal: { max: 572 } },
  ];
}

interface Run {
  readonly ms: number;
  readonly cpuMs: number;
  readonly lookMs: number;
  /** Of the one file that is left. */
  readonly bytes: number;
  /** A question about the day while it has many files, and when it has one. */
  readonly askBeforeMs: number;
  readonly askAfterMs: number;
}

async function compactDay(bench: BenchLake, rows: readonly Row[]): Promise<Run> {
  const { lake } = bench;
  await appendDay(bench, rows);
  bench.advance(DAY_MS);
  const askBeforeMs = await askedMs(lake);
  const first = await timed(() => lake.maintain("auth"));
  // Another one finds nothing to compact: what it takes is the look at history and orphans.
  const look = await timed(() => lake.maintain("auth"));
  const left = first.result?.filesAfter;
  if (left?.count !== 1) throw new Error(`${left?.count} files are left`);
  const askAfterMs = await askedMs(lake);
  const [ms, cpuMs] = [first.ms - look.ms, first.cpuMs - look.cpuMs];
  return { ms, cpuMs, lookMs: look.ms, bytes: left.sizeBytes, askBeforeMs, askAfterMs };
}

/** The median of a few times. */
async function askedMs(lake: Lake): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < ASK_COUNT; time += 1) {
    const { ms } = await timed(async () => {
      for await (const rows of (await openQuery(lake, QUESTION)).rows) {
        if (rows.length === 0) throw new Error("Cannot measure: nobody failed");
      }
    });
    if (time > 0) all.push(ms);
  }
  return median(all);
}

/** In a process of its own, without the benchmark's rows. */
function peakOfMaintenance(bench: BenchLake): number {
  const script = fileURLToPath(new URL("maintain-once.ts", import.meta.url));
  const args = ["--import", "tsx", script, bench.warehouse, String(bench.nowMs() + DAY_MS)];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly ms: number; readonly cpuMs: number }> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const used = process.cpuUsage(before);
  return { result, ms: performance.now() - startMs, cpuMs: (used.user + used.system) / 1000 };
}

async function appendDay(bench: BenchLake, rows: readonly Row[]): Promise<void> {
  let { table } = bench;
  for (let tick = 0; tick < PER_DAY; tick += 1) {
    const writer = table.writer();
    for (let index = 0; index < ROWS_PER_FILE; index += 1) {
      const ts = new Date(bench.nowMs() + index * 1_000).toISOString();
      writer.add({ ...rows[(tick * ROWS_PER_FILE + index) % rows.length], ts });
    }
    const { files } = await writer.finish();
    const compareAndSet = { key: FENCE, from: fenceAt(tick), to: fenceAt(tick + 1) };
    table = await table.commit({ files, setProperties: {}, compareAndSet });
    bench.advance(INTERVAL_MS);
  }
}
