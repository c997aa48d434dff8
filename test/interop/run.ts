import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHarness } from "../support/pull-harness.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import { type ExpectedTable, fillLake } from "./fill-lake.ts";
import { checkGlue } from "./glue.ts";
import { hasMiniAws } from "./mini-aws.ts";
import { preparePython } from "./python.ts";
import { createReport, type Report } from "./report.ts";
import { checkRest } from "./rest.ts";
import { checkRealRest } from "./rest-real.ts";
import { runReaders } from "./run-readers.ts";
import { checkSimulator } from "./simulator.ts";
import { checkSpark } from "./spark.ts";

// Lets readers that share no code with us read every table, and compares what they find with what must be there.

const EVENTS_PER_DAY = {
  authentication: 1_300,
  telephony: 60,
  administrator: 80,
  offlineEnrollment: 20,
  activity: 60,
  trustMonitor: 24,
};

const isWithoutSpark = process.argv.includes("--without-spark");

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  const startMs = Date.now();
  const report = createReport(print);
  const python = await preparePython(print);
  const folder = await mkdtemp(join(tmpdir(), "duolake-interop-"));
  try {
    await checkTables(report, python, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (await hasMiniAws(python)) await checkGlue(report, python);
  else print("Glue: left out, MiniStack needs Python 3.11 or newer");
  await checkRest(report, python, print);
  // Its packages come by way of Spark's.
  if (!isWithoutSpark) await checkRealRest(report, python);
  await report.run("simulator: Duo's own client reads what the ledger has", async () => {
    await checkSimulator(python);
    return "";
  });
  print(`${((Date.now() - startMs) / 1000).toFixed(0)} s`);
  const { passed, failed } = report.counts();
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function checkTables(report: Report, python: string, folder: string): Promise<void> {
  await using harness = await startHarness({
    simulator: { eventsPerDay: EVENTS_PER_DAY },
    tables: LOG_TABLES.map(({ name }) => name),
  });
  let tables: readonly ExpectedTable[] = [];
  await report.run("fill: all tables by pulls from the simulator", async () => {
    tables = await fillLake(harness, folder);
    return tables.map(({ name }) => name).join(", ");
  });
  if (tables.length === 0) return;
  const readers = { report, python, folder, print };
  await report.run("readers: all checks of the tables ran", () => runReaders(readers, { tables }));
  if (isWithoutSpark) print("without Spark and Iceberg's own server, as asked");
  else {
    await checkSpark(report, {
      python,
      harness,
      tables,
      readAgain: (when) => runReaders(readers, { tables, when }),
    });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  print(error instanceof Error ? error.message : String(error));
  print("0 passed, 1 failed");
  return 1;
});
