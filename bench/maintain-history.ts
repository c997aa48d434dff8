import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { mapBounded } from "../src/core/map-bounded.ts";
import type { Row } from "../src/core/row.ts";
import type { StagedFile } from "../src/lake/lake.ts";
import { rewriteFiles, type RewriteFiles } from "../src/lake/maintain/rewrite-files.ts";
import { maintainTable } from "../src/lake/maintain/maintain-table.ts";
import { dayText } from "../src/lake/spec/instant.ts";
import type { DataFileEntry } from "../src/lake/spec/manifest.ts";
import { longBytes, readLong } from "../src/lake/spec/values.ts";
import { entryOf, stagedFile } from "../src/lake/staged-file.ts";
import { memoryStore } from "../src/lake/store/memory.ts";
import type { Store } from "../src/lake/store/store.ts";
import { internalsOf } from "../src/lake/table.ts";
import { type BenchLake, FENCE, fenceAt, recordedRows, withBenchLake } from "./maintain-lake.ts";
import { type Measurement, median } from "./measurement.ts";

const INTERVAL_MS = 300_000;
const PER_DAY = 288;
const DAY_US = 86_400_000_000;
/** Two years are 210,240 commits and take long; what grows with them shows before. */
const COMMIT_COUNT = Number(process.env["DUOLAKE_BENCH_COMMITS"] ?? 15 * PER_DAY);
const COMPARED_COUNT = 1_000;
/** As many without any maintenance, to compare with; more would take long, and show no more. */
const UNMAINTAINED_COUNT_MAX = 15 * PER_DAY;
const REPORT_DAYS = 30;
/**
 * Each so many days the rows of the small files are read and written anew; between them, the last file that came of it is copied. What
 * that costs does not depend on the history, and the compaction of one day is measured apart.
 */
const REWRITTEN_DAYS = 30;
/** The field id of `ts`, the first column. */
const TS_ID = 1;

/** What commits and maintenance cost after a long time of commits every five minutes, with a maintenance each day. */
export async function measureHistory(): Promise<Measurement[]> {
  const { rows } = await recordedRows(1_000);
  return [...(await maintained(rows)), ...(await unmaintained(rows))];
}

function maintained(rows: readonly Row[]): Promise<Measurement[]> {
  return withBenchLake(async (bench) => {
    const days = Math.ceil(COMMIT_COUNT / PER_DAY);
    const rewritten = rewriter(bench);
    const commits = committer(bench, rows);
    const maintainMs: number[] = [];
    let metadataMbMax = 0;
    for (let day = 0; day < days; day += 1) {
      const commitMs: number[] = [];
      for (let tick = 0; tick < PER_DAY; tick += 1) commitMs.push(await commits.next());
      const table = await bench.lake.load("auth");
      if (table === undefined) throw new Error("the table is gone");
      const rewrite = day % REWRITTEN_DAYS === 0 ? rewritten.anew : rewritten.again;
      const startMs = performance.now();
      const done = await maintainTable(table, { rewrite });
      maintainMs.push(performance.now() - startMs);
      const metadataMb = done.metadataFiles.sizeBytes / 1e6;
      metadataMbMax = Math.max(metadataMbMax, metadataMb);
      if (day % REPORT_DAYS === 0) {
        const took = `commit ${median(commitMs).toFixed(1)} ms, maintenance ${(maintainMs.at(-1) ?? 0).toFixed(0)} ms`;
        const sizes = `metadata ${metadataMb.toFixed(1)} MB, ${done.filesAfter.count} files`;
        process.stderr.write(`day ${day}: ${took}, ${sizes}\n`);
      }
    }
    const live = (await bench.lake.load("auth"))?.fileCount ?? 0;
    const [old, fresh] = await beside(commits, rows);
    return [
      {
        name: `commits after ${days} days of ${PER_DAY}, to the first of a new table`,
        values: [median(old) / median(fresh)],
        unit: "x",
        goal: { max: 1.3 },
      },
      { name: "commits then", values: old, unit: "ms" },
      { name: "a day's maintenance then", values: maintainMs.slice(-10), unit: "ms" },
      { name: "metadata folder at its largest", values: [metadataMbMax], unit: "MB", goal: { max: 20 } },
      {
        name: "live data files for a year at that rate",
        values: [(live / days) * 365],
        unit: "files",
        goal: { max: 400 },
      },
    ];
  }, storeInMemory);
}

/** The same commits where nobody maintains the table. */
function unmaintained(rows: readonly Row[]): Promise<Measurement[]> {
  return withBenchLake(async (bench) => {
    const count = Math.min(COMMIT_COUNT, UNMAINTAINED_COUNT_MAX);
    const commits = committer(bench, rows);
    for (let tick = 0; tick < count; tick += 1) await commits.next();
    const [old, fresh] = await beside(commits, rows);
    const live = (await bench.lake.load("auth"))?.fileCount ?? 0;
    const name = `without maintenance: commits after ${count}, to the first of a new table`;
    return [
      { name, values: [median(old) / median(fresh)], unit: "x" },
      {
        name: "without maintenance: live data files for a year at that rate",
        values: [(live / (count + COMPARED_COUNT)) * PER_DAY * 365],
        unit: "files",
      },
    ];
  }, storeInMemory);
}

/** Commits to an old table and to a new one in turns: what else the machine does slows both down. Gives what each took, ms. */
function beside(old: Commits, rows: readonly Row[]): Promise<readonly [number[], number[]]> {
  return withBenchLake(async (bench) => {
    const fresh = committer(bench, rows);
    const oldMs: number[] = [];
    const freshMs: number[] = [];
    for (let tick = 0; tick < COMPARED_COUNT; tick += 1) {
      oldMs.push(await old.next());
      freshMs.push(await fresh.next());
    }
    return [oldMs, freshMs] as const;
  }, storeInMemory);
}

/** A row every five minutes, as `run` would commit it. */
interface Commits {
  /** Makes the next commit and gives what it took, ms. */
  readonly next: () => Promise<number>;
}

/**
 * The day's file is written once, by the table's own writer, and each commit gets a copy: what is measured does not depend
 * on the rows.
 */
function committer(bench: BenchLake, rows: readonly Row[]): Commits {
  let count = 0;
  let { table } = bench;
  let ofDay: StagedFile | undefined;
  const fileOfDay = async (): Promise<StagedFile> => {
    if (ofDay !== undefined && count % PER_DAY !== 0) return ofDay;
    if (ofDay !== undefined) await table.discard([ofDay]);
    // It was maintained meanwhile.
    table = await table.reload();
    const writer = table.writer();
    writer.add({ ...rows[(count / PER_DAY) % rows.length], ts: new Date(bench.nowMs()).toISOString() });
    const { files } = await writer.finish();
    [ofDay] = files;
    if (ofDay === undefined) throw new Error("a row was refused");
    return ofDay;
  };
  return {
    next: async () => {
      const first = await fileOfDay();
      const file = await copyOf(bench, { path: first.path, entry: entryOf(first) });
      const compareAndSet = { key: FENCE, from: fenceAt(count), to: fenceAt(count + 1) };
      const startMs = performance.now();
      table = await table.commit({ files: [file], setProperties: {}, compareAndSet });
      const tookMs = performance.now() - startMs;
      count += 1;
      bench.advance(INTERVAL_MS);
      return tookMs;
    },
  };
}

/** Writes the file of a day, or copies the one written last and gives it the day's bounds. */
function rewriter(bench: BenchLake): { readonly anew: RewriteFiles; readonly again: RewriteFiles } {
  let last: { readonly day: number; readonly file: StagedFile } | undefined;
  return {
    anew: async (table, group, signal) => {
      const files = await rewriteFiles(table, group, signal);
      const [file] = files;
      if (file !== undefined) last = { day: group.day, file };
      return files;
    },
    again: async (_table, { day }) => {
      if (last === undefined) throw new Error("no day was written yet");
      const { partition, ...entry } = entryOf(last.file);
      const [dayName = ""] = Object.keys(partition);
      const shiftUs = (day - last.day) * DAY_US;
      const lower = movedBound(entry.lower_bounds, shiftUs);
      const upper = movedBound(entry.upper_bounds, shiftUs);
      const moved = { ...entry, partition: { [dayName]: day }, lower_bounds: lower, upper_bounds: upper };
      return [await copyOf(bench, { path: last.file.path, entry: moved })];
    },
  };
}

function movedBound(
  bounds: ReadonlyMap<number, Uint8Array> | null | undefined,
  byUs: number,
): ReadonlyMap<number, Uint8Array> {
  const bound = readLong(bounds?.get(TS_ID) ?? new Uint8Array()) ?? 0n;
  return new Map([...(bounds ?? []), [TS_ID, longBytes(bound + BigInt(byUs))]]);
}

/** Puts a copy of a file into the day's folder. */
async function copyOf(
  bench: BenchLake,
  { path, entry }: { readonly path: string; readonly entry: DataFileEntry },
): Promise<StagedFile> {
  const { store } = internalsOf(bench.table).tools;
  const [[dayName, day] = []] = Object.entries(entry.partition);
  const folder = `${bench.table.location}/data/${dayName}=${dayText(Number(day))}`;
  const to = `${folder}/${randomUUID()}.parquet`;
  await store.writeNew(to, await store.read(path));
  return stagedFile({ ...entry, file_path: to }, TS_ID);
}

/** Files in memory, so that two years pass in less than an hour; DuckDB reads copies on the disk. */
function storeInMemory(folder: string): Store {
  const store = memoryStore();
  return {
    ...store,
    lease: async (paths) => {
      const copies = await mkdtemp(join(folder, "lease-"));
      const leased = await mapBounded(paths, 8, async (path) => {
        const copy = join(copies, basename(path));
        await writeFile(copy, await store.read(path));
        return copy;
      });
      return { paths: leased, release: () => rm(copies, { recursive: true, force: true }) };
    },
  };
}
