import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startSimulator } from "../simulator/simulator.ts";
import { systemClock } from "../src/core/clock.ts";
import { type JsonObject, parseJson, stringifyJson } from "../src/core/json.ts";
import { findTable } from "../src/duo/tables/index.ts";
import type { Lake, LakeTable, StagedFile } from "../src/lake/lake.ts";
import { openLake } from "../src/lake/open-lake.ts";
import { rowGroupRowCounts } from "../src/lake/maintain/row-group-row-counts.ts";
import { adoptFiles } from "../src/lake/parquet/adopt-files.ts";
import { duckdb, type Duckdb } from "../src/lake/parquet/duckdb.ts";
import { writeParquet } from "../src/lake/parquet/write-parquet.ts";
import { readerSql, readSchema } from "../src/lake/reader-sql.ts";
import { dayOf, dayStartUs } from "../src/lake/spec/instant.ts";
import { internalsOf } from "../src/lake/table.ts";
import { openQuery } from "../src/query/open-query.ts";
import { digest } from "../src/pipeline/identity.ts";
import type { Measurement } from "./measurement.ts";
import { record, recordedFile } from "./record.ts";

const RECORDED_COUNT = 200_000;
/** The simulator's people log in so often in an average day; in a working day more. */
const LOGINS_PER_USER = 5;
/** Working days of one week, Wednesday to Friday, whose events come again and again. */
const SOURCE_DAYS = ["2026-03-11", "2026-03-12", "2026-03-13"];
const MS_PER_HOUR = 3_600_000;
const FENCE = "bench.fence";
/** The day of the youngest rows. */
export const LAST_DAY: string = "2026-03-14";
const LAST_DAY_NUMBER = dayOf(Date.parse(LAST_DAY) * 1000);

/** How many rows the table has, in days of about equally many. */
export interface QueryLakeSize {
  readonly rowCount: number;
  readonly dayCount: number;
}

/**
 * Opens a lake whose table `duo_auth` has about this many rows, as it is after compaction: one file for each day, in the order of
 * `ts`, written as all compacted files of this program are. The events of three days are made and mapped; DuckDB copies their rows
 * to other days, in turns. The company is as large as its logins say. The lake is kept for the next time.
 */
export async function queryLake(size: QueryLakeSize): Promise<Lake> {
  const warehouse = join(tmpdir(), "duolake-bench", `lake-v9-${size.rowCount}-${size.dayCount}`);
  const lake = await openBenchLake(warehouse);
  if ((await lake.load("duo_auth"))?.snapshotId !== undefined) return lake;
  await rm(warehouse, { recursive: true, force: true });
  const table = await createTable(lake);
  const files = await multiply(table, size);
  const compareAndSet = { key: FENCE, from: "0", to: "1" };
  await table.commit({ files, setProperties: { [FENCE]: "1" }, compareAndSet });
  return lake;
}

/** What an event takes on disk until its day is compacted, against the JSON that Duo sent. */
export async function pulledBytes(): Promise<Measurement> {
  const warehouse = await mkdtemp(join(tmpdir(), "duolake-bench-"));
  try {
    const files = await recordedRows(await createTable(await openBenchLake(warehouse)));
    const rawBytes = (await stat(recordedFile(RECORDED_COUNT))).size;
    return { name: "stored bytes of the raw JSON's, as pulled", values: [share(files, rawBytes)], unit: "%" };
  } finally {
    await rm(warehouse, { recursive: true, force: true });
  }
}

/** The same of a lake's last day, as it is after compaction. */
export async function compactedBytes(lake: Lake): Promise<number> {
  const table = await lake.load("duo_auth");
  const files = (await table?.files({ fromUs: dayStartUs(LAST_DAY_NUMBER) })) ?? [];
  let rawBytes = 0;
  const sql = `SELECT sum(strlen(event.original)) FROM duo_auth WHERE ts >= '${LAST_DAY}'`;
  for await (const [[bytes] = []] of (await openQuery(lake, sql)).rows) rawBytes = Number(bytes);
  return share(files, rawBytes);
}

function share(files: readonly { readonly sizeBytes: number }[], rawBytes: number): number {
  return (files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / rawBytes) * 100;
}

function openBenchLake(warehouse: string): Promise<Lake> {
  return openLake({ warehouse, database: "bench", catalog: { type: "folder" }, clock: systemClock });
}

function createTable(lake: Lake): Promise<LakeTable> {
  const columns = findTable("auth")?.columns() ?? [];
  return lake.create("duo_auth", { columns, properties: { [FENCE]: "0" } });
}

async function multiply(
  table: LakeTable,
  { rowCount, dayCount }: QueryLakeSize,
): Promise<readonly StagedFile[]> {
  const sources = await sourceDays(table, Math.ceil(rowCount / dayCount));
  const folder = join(table.location, "spill");
  const engine = duckdb({ temporaryFolder: folder, threadCount: 1, memoryLimitBytes: 2 ** 31 });
  const files: StagedFile[] = [];
  for (let day = LAST_DAY_NUMBER - dayCount + 1; day <= LAST_DAY_NUMBER; day += 1) {
    const source = sources[day % sources.length] as StagedFile;
    files.push(...(await copyDay(engine, { table, source, day })));
  }
  await table.discard(sources);
  await rm(join(table.location, "copy"), { recursive: true, force: true });
  return files;
}

/** Writes the events of a few working days, each with about as many rows. */
async function sourceDays(table: LakeTable, dayRowCount: number): Promise<readonly StagedFile[]> {
  await using simulator = await startSimulator({
    seed: 7,
    users: Math.ceil(dayRowCount / LOGINS_PER_USER),
    days: SOURCE_DAYS.length + 1,
    nowMs: Date.parse(LAST_DAY),
    // A working day has more than the average one.
    eventsPerDay: { authentication: Math.ceil(dayRowCount * 0.78) },
  });
  const files: StagedFile[] = [];
  for (const day of SOURCE_DAYS) {
    const startMs = Date.parse(day);
    const rows = rowAdder(table);
    for (let fromMs = startMs; fromMs < startMs + 24 * MS_PER_HOUR; fromMs += MS_PER_HOUR) {
      const range = { fromMs, toMs: fromMs + MS_PER_HOUR - 1 };
      for (const raw of simulator.ledger.expected("authentication_v2", range)) rows.add(raw as JsonObject);
    }
    files.push(...(await rows.finish()));
  }
  return files;
}

async function recordedRows(table: LakeTable): Promise<readonly StagedFile[]> {
  await record(RECORDED_COUNT);
  const rows = rowAdder(table);
  const lines = createInterface({ input: createReadStream(recordedFile(RECORDED_COUNT)) });
  for await (const line of lines) {
    const { response } = parseJson(line) as unknown as { response: { authlogs: JsonObject[] } };
    response.authlogs.forEach(rows.add);
  }
  return rows.finish();
}

function rowAdder(table: LakeTable): {
  readonly add: (raw: JsonObject) => void;
  readonly finish: () => Promise<readonly StagedFile[]>;
} {
  const events = findTable("auth");
  const writer = table.writer();
  return {
    add: (raw) => {
      const mapped = events?.map(raw, { fetchedAtUs: Date.UTC(2026, 2, 15) * 1000 });
      if (mapped?.kind !== "row") return;
      const hash = digest(stringifyJson([raw["txid"] ?? null, raw["isotimestamp"] ?? null]));
      writer.add({ ...mapped.row, event: { ...(mapped.row["event"] as JsonObject), hash } });
    },
    finish: async () => (await writer.finish()).files,
  };
}

async function copyDay(
  engine: Duckdb,
  options: { readonly table: LakeTable; readonly source: StagedFile; readonly day: number },
): Promise<readonly StagedFile[]> {
  const { table, source, day } = options;
  const { tools, loaded } = internalsOf(table);
  const { fields } = readSchema(table);
  const folder = join(table.location, "copy", randomUUID());
  const shiftUs = dayStartUs(day) - dayStartUs(dayOf(source.tsMinUs ?? 0));
  const shift = `* REPLACE (ts + to_microseconds(${shiftUs}) AS ts)`;
  const rows = `(SELECT ${shift} FROM ${readerSql([source], { fields })})`;
  const [rowGroupRowCount = source.rowCount] = rowGroupRowCounts(source.rowCount);
  const settings = { source: rows, fields, folder, day, isSorted: true, signal: undefined, rowGroupRowCount };
  const files = await writeParquet(engine, settings);
  return adoptFiles(tools.store, { metadata: loaded.metadata, files });
}
