import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../src/core/clock.ts";
import { parseJson } from "../src/core/json.ts";
import type { Row } from "../src/core/row.ts";
import { findTable } from "../src/duo/tables/index.ts";
import type { Lake, LakeTable } from "../src/lake/lake.ts";
import { openLake } from "../src/lake/open-lake.ts";
import { type Measurement, median } from "./measurement.ts";
import { recordedPages } from "./recorded-pages.ts";

const DAY_MS = 86_400_000;
const INTERVAL_MS = 300_000;
const PER_DAY = DAY_MS / INTERVAL_MS;
const START_MS = Date.UTC(2026, 0, 1);
const FENCE = "bench.fence";
/** A day of a company of 2,000 people. */
const ROWS_PER_FILE = 60;
const COMPACTION_COUNT = 3;
/** Two years are 210,240 commits and take hours; what grows with them shows long before. */
const COMMIT_COUNT = Number(process.env["DUOLAKE_BENCH_COMMITS"] ?? 15 * PER_DAY);
const COMPARED_COUNT = 1_000;

/** A lake whose time passes by the tick, and rows to put in it. */
interface Bench {
  readonly lake: Lake;
  readonly table: LakeTable;
  readonly events: readonly Row[];
  readonly advance: (ms: number) => void;
  readonly nowMs: () => number;
}

/** Compaction of a day of five-minute files, and what commits cost after a long time of them. */
export async function measureMaintain(): Promise<Measurement[]> {
  return [...(await measureCompaction()), ...(await measureHistory())];
}

async function measureCompaction(): Promise<Measurement[]> {
  const seconds: number[] = [];
  const lookSeconds: number[] = [];
  const shares: number[] = [];
  for (let run = 0; run < COMPACTION_COUNT; run += 1) {
    await withLake(async (bench) => {
      await appendTicks(bench, { count: PER_DAY, rowCount: ROWS_PER_FILE });
      bench.advance(DAY_MS);
      const startMs = performance.now();
      const done = await bench.lake.maintain("auth");
      const tookMs = performance.now() - startMs;
      // Another one finds nothing to compact: what it takes is the look at history and orphans.
      const againMs = performance.now();
      await bench.lake.maintain("auth");
      const lookMs = performance.now() - againMs;
      seconds.push((tookMs - lookMs) / 1000);
      lookSeconds.push(lookMs / 1000);
      if (done?.filesAfter.count !== 1) throw new Error(`${done?.filesAfter.count} files are left`);
      shares.push((done.filesAfter.sizeBytes / done.filesBefore.sizeBytes) * 100);
    });
  }
  const peakMib = process.resourceUsage().maxRSS / 1024;
  return [
    { name: "compaction of a day with 288 files", values: seconds, unit: "s", goal: { max: 2 } },
    { name: "the look at history and orphans", values: lookSeconds, unit: "s" },
    { name: "its size, of the small files together", values: shares, unit: "%" },
    { name: "peak memory of the process meanwhile", values: [peakMib], unit: "MiB", goal: { max: 572 } },
  ];
}

async function measureHistory(): Promise<Measurement[]> {
  const result: Measurement[] = [];
  await withLake(async (bench) => {
    const commitMs: number[] = [];
    for (let done = 0; done < COMMIT_COUNT; done += PER_DAY) {
      commitMs.push(...(await appendTicks(bench, { count: PER_DAY, rowCount: 1 })));
      await bench.lake.maintain("auth");
    }
    const size = await bench.lake.maintain("auth");
    const [first, last] = [commitMs.slice(0, COMPARED_COUNT), commitMs.slice(-COMPARED_COUNT)].map(median);
    const days = COMMIT_COUNT / PER_DAY;
    const live = (await bench.lake.load("auth"))?.fileCount ?? 0;
    result.push(
      {
        name: `commits after ${days} days of 288, to those of the beginning`,
        values: [(last ?? 0) / (first ?? 1)],
        unit: "x",
        goal: { max: 1.3 },
      },
      {
        name: "metadata folder then",
        values: [(size?.metadataFiles.sizeBytes ?? 0) / 1e6],
        unit: "MB",
        goal: { max: 20 },
      },
      {
        name: "live data files for a year at that rate",
        values: [(live / days) * 365],
        unit: "files",
        goal: { max: 400 },
      },
    );
  });
  return result;
}

/** Appends as `run` would every five minutes; gives what each commit took, its file included, ms. */
async function appendTicks(
  bench: Bench,
  { count, rowCount }: { readonly count: number; readonly rowCount: number },
): Promise<number[]> {
  const { lake, events, advance, nowMs } = bench;
  const tookMs: number[] = [];
  let table = (await lake.load("auth")) ?? bench.table;
  for (let tick = 0; tick < count; tick += 1) {
    const writer = table.writer();
    for (let row = 0; row < rowCount; row += 1) {
      const ts = new Date(nowMs() + row * 1_000).toISOString();
      writer.add({ ...events[(tick * rowCount + row) % events.length], ts });
    }
    const from = table.properties[FENCE] ?? "0";
    const to = String(Number(from) + 1);
    const startMs = performance.now();
    const { files } = await writer.finish();
    const compareAndSet = { key: FENCE, from, to };
    table = await table.commit({ files, setProperties: { [FENCE]: to }, compareAndSet });
    tookMs.push(performance.now() - startMs);
    advance(INTERVAL_MS);
  }
  return tookMs;
}

async function withLake(work: (bench: Bench) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-bench-"));
  let nowMs = START_MS;
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs;
    },
  };
  try {
    const catalog = { type: "folder" } as const;
    const lake = await openLake({ warehouse: dir, database: "bench", catalog, clock });
    const columns = findTable("auth")?.columns() ?? [];
    const table = await lake.create("auth", { columns, properties: { [FENCE]: "0" } });
    const advance = (ms: number): void => {
      nowMs += ms;
    };
    await work({ lake, table, events: await someRows(), advance, nowMs: () => nowMs });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function someRows(): Promise<Row[]> {
  const table = findTable("auth");
  const rows: Row[] = [];
  for await (const page of recordedPages(20_000)) {
    const { response } = parseJson(page) as unknown as { response: { authlogs: never[] } };
    for (const event of response.authlogs) {
      const mapped = table?.map(event, { fetchedAtUs: 1_773_000_000_000_000 });
      if (mapped?.kind === "row") rows.push(mapped.row);
    }
  }
  return rows;
}
