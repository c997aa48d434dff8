import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Config } from "../../src/config/config.ts";
import type { Harness } from "./pull-harness.ts";

const CHILD = fileURLToPath(new URL("./pull-child.ts", import.meta.url));

/** Starts a program that pulls without end in a process of its own; it is there to be killed. */
export function startPullChild(harness: Harness): ChildProcess {
  const config: Config = {
    ...harness.config,
    logSources: harness.config.logSources.map((source) => ({
      ...source,
      tables: source.tables.map((table) => ({ ...table, columns: [] })),
    })),
  };
  return spawn(process.execPath, ["--import", "tsx", CHILD], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      SIMULATOR_URL: harness.simulator.url,
      DUOLAKE_DUO_ENDPOINT_URL: harness.simulator.url,
      DUOLAKE_SECRET_KEY_DUO: harness.simulator.secretKey(),
      PULL_CONFIG: JSON.stringify(config),
    },
  });
}

/** Waits until it has pulled once more. */
export async function nextPull(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("the child has no output");
  await once(child.stdout, "data");
}
