import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EVENT_TABLES, type EventTable, type Harness, startHarness } from "../support/pull-harness.ts";
import { runChild } from "./child.ts";
import { type MiniAws, startMiniAws } from "./mini-aws.ts";
import { queriedRows } from "./queried-rows.ts";
import type { Check, Report } from "./report.ts";

const SCRIPT = fileURLToPath(new URL("check_glue.py", import.meta.url));
const TIMEOUT_MS = 180_000;
const BUCKET = "duolake-interop";
const TABLES: readonly EventTable[] = [...EVENT_TABLES, "activity", "trust_monitor"];
/** Commits that PyIceberg makes while we pull. */
const FOREIGN_COMMIT_COUNT = 12;
const PULL_COUNT_MAX = 40;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHORT_HISTORY = {
  "history.expire.max-snapshot-age-ms": "86400000",
  "history.expire.min-snapshots-to-keep": "2",
};

/** What the steps share. */
interface Stage {
  readonly report: Report;
  readonly python: string;
  readonly aws: MiniAws;
  readonly harness: Harness;
  readonly folder: string;
}

/**
 * Pulls into a Glue catalog on S3 that share no code with us, lets PyIceberg read every table through Glue, and commits with it to
 * the same tables at the same time.
 */
export async function checkGlue(report: Report, python: string): Promise<void> {
  let aws: MiniAws | undefined;
  await report.run("Glue: MiniStack starts", async () => {
    aws = await startMiniAws(python);
    return aws.url;
  });
  if (aws === undefined) return;
  await using running = aws;
  const before = new Map(Object.keys(running.env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, running.env);
  const folder = await mkdtemp(join(tmpdir(), "duolake-glue-"));
  try {
    await makeBucket(running);
    await using harness = await startHarness({
      simulator: { eventsPerDay: { authentication: 600, administrator: 120, telephony: 60 } },
      tables: [...TABLES, "summary"],
      warehouse: `s3://${BUCKET}/lake`,
      catalog: { type: "glue" },
    });
    await checkTables({ report, python, aws: running, harness, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function checkTables(stage: Stage): Promise<void> {
  const { report, harness } = stage;
  await report.run("Glue: pulls fill the tables", async () => pulled(harness, 3));
  await readTables(stage, "after pulls");
  await report.run("Glue: PyIceberg and pulls commit at the same time", async () => {
    const ended = new AbortController();
    const commits = { mode: "commit", table: "duo_auth", count: FOREIGN_COMMIT_COUNT };
    const said = runPython(stage, commits).finally(() => ended.abort());
    let pullCount = 0;
    while (!ended.signal.aborted && pullCount < PULL_COUNT_MAX) {
      await pulled(harness, 1);
      pullCount += 1;
    }
    const outcome = await said;
    const { properties, columns } = (await (await harness.start()).lake.load("duo_auth")) ?? {};
    if (properties?.["pyiceberg.commits"] !== String(FOREIGN_COMMIT_COUNT)) {
      throw new Error(`a commit of PyIceberg is lost, got ${properties?.["pyiceberg.commits"]}`);
    }
    if (!columns?.some(({ name }) => name === "analyst_note"))
      throw new Error("the column of PyIceberg is lost");
    return `${pullCount} pulls, ${outcome}`;
  });
  await report.run("Glue: pulls go on after it", async () => pulled(harness, 1));
  await readTables(stage, "after PyIceberg's commits");
  await report.run("Glue: a column of ours is added", () => widened(stage));
  await readTables(stage, "after a column was added");
  await report.run("Glue: maintenance", () => maintained(stage));
  await readTables(stage, "after our maintenance");
  await report.run("Glue: pulls go on after that", async () => pulled(harness, 1));
  await readTables(stage, "in the end");
}

async function widened({ harness }: Stage): Promise<string> {
  const { lake } = await harness.start();
  const table = await lake.load("duo_admin");
  if (table === undefined) throw new Error("there is no table");
  const { columns } = await lake.evolve(table, [...table.columns, { name: "added", type: "decimal(9,2)" }]);
  return `${columns.length} columns, ${await pulled(harness, 1)}`;
}

/** Days later, so that there are closed days to compact and snapshots to expire. */
async function maintained(stage: Stage): Promise<string> {
  const { harness } = stage;
  const { lake } = await harness.start();
  const names = await lake.list();
  await runPython(stage, { mode: "set", tables: names, properties: SHORT_HISTORY });
  harness.simulator.clock.advance(2 * DAY_MS);
  let [before, after, expired] = [0, 0, 0];
  for (const name of names) {
    const done = await lake.maintain(name);
    if (done === undefined) throw new Error(`table ${name} is gone`);
    before += done.filesBefore.count;
    after += done.filesAfter.count;
    expired += done.expiredSnapshotCount;
  }
  if (after >= before || expired === 0) throw new Error(`${before} -> ${after} files, ${expired} expired`);
  return `${names.length} tables, ${before} -> ${after} files, ${expired} snapshots expired`;
}

/** Pulls so many times; then the lake must hold what Duo has. */
async function pulled(harness: Harness, count: number): Promise<string> {
  let appended = 0;
  for (let i = 0; i < count; i += 1) {
    harness.simulator.clock.advance(HOUR_MS);
    for (const result of await harness.pull()) {
      if (result.error !== undefined) throw new Error(`${result.table}: ${result.error.message}`);
      appended += result.appended;
    }
  }
  for (const table of TABLES) {
    const { lost, repeated } = await harness.difference(table);
    if (lost.length + repeated.length > 0) {
      throw new Error(`${table}: ${lost.length} lost, ${repeated.length} repeated`);
    }
  }
  return `${appended} rows`;
}

async function readTables(stage: Stage, when: string): Promise<void> {
  const { report, harness, folder } = stage;
  const { lake } = await harness.start();
  const tables: object[] = [];
  for (const name of await lake.list()) {
    const rows = join(folder, `${name}.ndjson`);
    await writeFile(rows, await queriedRows(lake, name));
    tables.push({ name, rows, metadata_location: (await lake.load(name))?.metadataLocation });
  }
  await report.run(`Glue: all checks ${when} ran`, () => runPython(stage, { mode: "read", when, tables }));
}

/** Runs the checks of `check_glue.py` and gives what it says last. */
async function runPython({ report, python, aws, folder }: Stage, work: object): Promise<string> {
  const job = join(folder, "job.json");
  await writeFile(job, JSON.stringify({ endpoint: aws.url, database: "matano", ...work }));
  let last = "";
  const { code, complaint } = await runChild(python, ["-B", SCRIPT, job], {
    timeoutMs: TIMEOUT_MS,
    onLine: (line) => {
      if (line.startsWith("{")) report.add(JSON.parse(line) as Check);
      else last = line;
    },
  });
  if (code !== 0) throw new Error(`Python ended with exit code ${code}\n${complaint}`);
  return last;
}

async function makeBucket({ url }: MiniAws): Promise<void> {
  const { status } = await fetch(`${url}/${BUCKET}`, { method: "PUT" });
  if (status !== 200) throw new Error(`Cannot make the bucket, got status ${status}`);
}
