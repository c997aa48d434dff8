import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type EventTable, type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";

const KILL_COUNT = 5;
const TABLES: readonly EventTable[] = ["auth", "admin"];

test("processes killed with SIGKILL at any moment, two at once, leave nothing lost and nothing repeated", async () => {
  await using harness = await startHarness({
    tables: TABLES,
    simulator: { eventsPerDay: { authentication: 3_000, administrator: 1_000 } },
  });
  const running = [start(harness), start(harness)];
  await Promise.all(running.map(firstPull));
  for (let kill = 0; kill < KILL_COUNT; kill += 1) {
    // Not a wait for something to be done: the moment of the kill is what is being varied.
    await new Promise((resolve) => setTimeout(resolve, 137 + 211 * kill));
    const victim = running.shift() as ChildProcess;
    victim.kill("SIGKILL");
    running.push(start(harness));
  }
  await firstPull(running.at(-1) as ChildProcess);
  for (const child of running) child.kill("SIGKILL");
  for (const child of running) {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  const results = await harness.pull();
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const table of TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
}, 60_000);

function start(harness: Harness): ChildProcess {
  const config: Config = {
    ...harness.config,
    logSources: harness.config.logSources.map((source) => ({
      ...source,
      tables: source.tables.map((table) => ({ ...table, columns: [] })),
    })),
  };
  return spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("../support/pull-child.ts", import.meta.url))],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        SIMULATOR_URL: harness.simulator.url,
        DUOLAKE_DUO_ENDPOINT_URL: harness.simulator.url,
        DUOLAKE_SECRET_KEY_DUO: harness.simulator.secretKey(),
        PULL_CONFIG: JSON.stringify(config),
      },
    },
  );
}

async function firstPull(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("the child has no output");
  await once(child.stdout, "data");
}
