import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EVENT_TABLES, type Harness } from "../support/pull-harness.ts";
import { runChild } from "./child.ts";
import type { IcebergServer } from "./iceberg-server.ts";
import { queriedRows } from "./queried-rows.ts";
import type { Check, Report } from "./report.ts";
import type { RestProxy } from "./rest-proxy.ts";

const SCRIPT = fileURLToPath(new URL("check_rest_real.py", import.meta.url));
const TIMEOUT_MS = 180_000;
const DATABASE = "matano";

/** A lake of a REST server, its simulator, and what stands between. */
export interface RestParts {
  readonly report: Report;
  readonly python: string;
  readonly server: IcebergServer;
  readonly proxy: RestProxy;
  readonly harness: Harness;
  readonly folder: string;
  readonly credential: string;
}

/** What the steps share. */
export interface RestStage extends RestParts {
  /** Moves the time on and pulls once; then the lake must hold what Duo has. */
  readonly pulled: (passedMs: number) => Promise<string>;
  /** The lake holds what Duo has, or this throws. */
  readonly mustEqual: () => Promise<void>;
  /** How many commits the server was asked for, and answered with `status` where that is given. */
  readonly commitCount: (status?: number) => number;
  /** Runs `check_rest_real.py` against the server itself and gives what it says last. */
  readonly runPython: (work: object) => Promise<string>;
  /** Lets PyIceberg read every table. */
  readonly readTables: (when: string) => Promise<void>;
}

/** Makes the stage. */
export function restStage(parts: RestParts): RestStage {
  const { report, harness, proxy } = parts;
  const mustEqual = async (): Promise<void> => {
    for (const table of EVENT_TABLES) {
      const { lost, repeated } = await harness.difference(table);
      if (lost.length + repeated.length > 0) {
        throw new Error(`${table}: ${lost.length} lost, ${repeated.length} repeated`);
      }
    }
  };
  const runPython = (work: object): Promise<string> => pythonOf(parts, work);
  return {
    ...parts,
    mustEqual,
    runPython,
    pulled: async (passedMs) => {
      harness.simulator.clock.advance(passedMs);
      let appended = 0;
      for (const result of await harness.pull()) {
        if (result.error !== undefined) throw new Error(`${result.table}: ${result.error.message}`);
        appended += result.appended;
      }
      await mustEqual();
      return `${appended} rows`;
    },
    commitCount: (wanted) =>
      proxy.ledger.filter(
        ({ operation, status }) => operation === "commitTable" && (wanted ?? status) === status,
      ).length,
    readTables: async (when) => {
      const tables = await tablesOf(parts);
      await report.run(`REST server: all checks ${when} ran`, () =>
        runPython({ mode: "read", when, tables }),
      );
    },
  };
}

async function tablesOf({ harness, folder }: RestParts): Promise<readonly object[]> {
  const { lake } = await harness.start();
  const tables: object[] = [];
  for (const name of await lake.list()) {
    const rows = join(folder, `${name}.ndjson`);
    await writeFile(rows, await queriedRows(lake, name));
    tables.push({ name, rows, metadata_location: (await lake.load(name))?.metadataLocation });
  }
  return tables;
}

async function pythonOf(parts: RestParts, work: object): Promise<string> {
  const { report, python, server, folder, credential } = parts;
  const job = join(folder, "job.json");
  await writeFile(job, JSON.stringify({ uri: server.url(), credential, database: DATABASE, ...work }));
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
