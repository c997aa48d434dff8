import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type EventTable, type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const KILL_COUNT = 4;
const STOP_COUNT = 2;
const TABLES: readonly EventTable[] = ["auth", "admin"];
const BUSY = { days: 6, eventsPerDay: { authentication: 1_500, administrator: 700 } };

test("processes killed with SIGKILL at any moment, two at once, leave nothing lost and nothing repeated", async () => {
  await using harness = await startHarness({ tables: TABLES, simulator: BUSY });
  const running = [start(harness), start(harness, "backfill too")];
  await Promise.all(running.map(nextPull));
  for (let kill = 0; kill < KILL_COUNT; kill += 1) {
    await passMoment(137 + 211 * kill);
    const victim = running.shift() as ChildProcess;
    victim.kill("SIGKILL");
    running.push(start(harness, kill % 2 === 0 ? "backfill too" : "pull"));
  }
  await nextPull(running.at(-1) as ChildProcess);
  await endAll(running);
  expect(await wholeOf(harness)).toEqual(WHOLE);
}, 120_000);

test("a process stopped for longer than an interval, while another pulls on, repeats nothing when it goes on", async () => {
  await using harness = await startHarness({ tables: TABLES, simulator: BUSY });
  const running = [start(harness, "backfill too"), start(harness)] as const;
  await Promise.all(running.map(nextPull));
  for (let stop = 0; stop < STOP_COUNT; stop += 1) {
    const [sleeper, other] = stop % 2 === 0 ? running : running.toReversed();
    await passMoment(41 + 97 * stop);
    sleeper.kill("SIGSTOP");
    // Each pull of the other moves the time on by half an hour: six intervals.
    await nextPull(other);
    await nextPull(other);
    sleeper.kill("SIGCONT");
    await nextPull(sleeper);
  }
  await endAll(running);
  expect(await wholeOf(harness)).toEqual(WHOLE);
}, 120_000);

const WHOLE = { errors: [undefined, undefined], differences: TABLES.map(() => NO_DIFFERENCE) };

/** What there is to say after a last pull and backfill that nobody disturbs. */
async function wholeOf(
  harness: Harness,
): Promise<{ readonly errors: unknown[]; readonly differences: unknown[] }> {
  const results = await harness.pull();
  const app = await harness.start();
  for (const table of TABLES) {
    const puller = await pullerOf(app, table);
    await puller.backfill({ sinceMs: harness.clock.nowMs() - 4 * 86_400_000 });
  }
  // The backfill took its time, in which something new may have come.
  await harness.pull();
  const differences = await Promise.all(TABLES.map((table) => harness.difference(table)));
  return { errors: results.map(({ error }) => error), differences };
}

/** Not a wait for something to be done: the moment of the signal is what is being varied. */
function passMoment(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) child.kill("SIGKILL");
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

function start(harness: Harness, does: "pull" | "backfill too" = "pull"): ChildProcess {
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
        PULL_BACKFILL: does === "pull" ? "0" : "1",
        PULL_CONFIG: JSON.stringify(config),
      },
    },
  );
}

/** Waits until it has pulled once more. */
async function nextPull(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("the child has no output");
  await once(child.stdout, "data");
}
