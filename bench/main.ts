import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { measureCompaction } from "./compaction.ts";
import { measureCommit } from "./commit.ts";
import { measureHelp } from "./help.ts";
import { measureIngest, measureMemory } from "./ingest.ts";
import { measureHistory } from "./maintain-history.ts";
import { type Measurement, median } from "./measurement.ts";
import { measureNormalize } from "./normalize.ts";
import { measurePoll } from "./poll.ts";
import { measureQuery } from "./query.ts";
import { record } from "./record.ts";

// Runs each measurement in a process of its own, prints a table, and with --json FILE keeps every run. `--suite NAME` runs one.

const SUITES: Readonly<Record<string, () => Promise<Measurement[]>>> = {
  ingest: measureIngest,
  normalize: measureNormalize,
  commit: measureCommit,
  poll: measurePoll,
  query: measureQuery,
  compaction: measureCompaction,
  history: measureHistory,
  help: measureHelp,
  memory: measureMemory,
};

const RECORDINGS = [200_000, 1_000_000];

const [first, second = "", third] = process.argv.slice(2);
if (first === "--record") await record(Number(second));
else if (first === "--suite") await runOne(second, third === "--raw");
else runAll(first === "--json" ? second : undefined);

async function runOne(name: string, isRaw: boolean): Promise<void> {
  const suite = SUITES[name];
  if (suite === undefined) {
    process.stderr.write(
      `Cannot measure: --suite must be one of ${Object.keys(SUITES).join(", ")}, got ${name}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const measurements = await suite();
  if (isRaw) process.stdout.write(JSON.stringify(measurements));
  else for (const measurement of measurements) say(line(measurement));
}

function runAll(file: string | undefined): void {
  const [cpu] = cpus();
  say(
    `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}; median (smallest to largest) of n runs\n`,
  );
  for (const eventCount of RECORDINGS) child(["--record", String(eventCount)]);
  const results: Measurement[] = [];
  for (const suite of Object.keys(SUITES)) {
    const output = child(["--suite", suite, "--raw"]);
    for (const measurement of JSON.parse(output) as Measurement[]) {
      results.push(measurement);
      say(line(measurement));
    }
  }
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}

function child(args: readonly string[]): string {
  return execFileSync(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url), ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function line({ name, values, unit, goal }: Measurement): string {
  const middle = median(values);
  const range = `${show(Math.min(...values))} to ${show(Math.max(...values))}`;
  const target =
    goal === undefined ? "" : "min" in goal ? `, goal >= ${show(goal.min)}` : `, goal <= ${show(goal.max)}`;
  const reached =
    goal === undefined
      ? ""
      : ("min" in goal ? middle >= goal.min : middle <= goal.max)
        ? " reached"
        : " MISSED";
  return `${name}: ${show(middle)} ${unit} (${range}, n = ${values.length}${target}${reached})`;
}

function show(value: number): string {
  const digits = value >= 100 ? 0 : 1;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
