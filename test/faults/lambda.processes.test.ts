import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Deployment, startDeployment } from "../support/containers.ts";
import { type EventTable, NO_DIFFERENCE } from "../support/pull-harness.ts";
import { putConfiguration } from "../support/put-configuration.ts";

const CHILD = fileURLToPath(new URL("../support/lambda-child.ts", import.meta.url));
const TABLES: readonly EventTable[] = ["auth", "admin"];
const KILL_COUNT = 4;

/** The lines that a container wrote while it worked on one message, its answer last. */
type Told = readonly Readonly<Record<string, unknown>>[];

function startContainer({ harness }: Deployment, configKey: string): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", CHILD], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      DUOLAKE_LABEL: "main",
      DUOLAKE_CONFIG_BUCKET: "my-code",
      DUOLAKE_CONFIG_KEY: configKey,
      DUOLAKE_WAREHOUSE: "s3://my-logs/lake",
      DUOLAKE_DATABASE: "matano",
      DUOLAKE_QUEUE_URL: "http://127.0.0.1:1/queue.fifo",
      DUOLAKE_DUO_ENDPOINT_URL: harness.simulator.url,
      DUOLAKE_SECRET_KEY_DUO: harness.simulator.secretKey(),
    },
  });
}

function send(container: ChildProcess): void {
  container.stdin?.write("\n");
}

async function deliver(container: ChildProcess): Promise<Told> {
  if (container.stdout === null) throw new Error("the container has no output");
  const lines = createInterface({ input: container.stdout });
  const told: Record<string, unknown>[] = [];
  send(container);
  for await (const line of lines) {
    told.push(JSON.parse(line) as Record<string, unknown>);
    if ("answer" in (told.at(-1) ?? {})) return told;
  }
  throw new Error(`the container died: ${JSON.stringify(told)}`);
}

async function kill(container: ChildProcess): Promise<void> {
  const ended = once(container, "exit");
  container.kill("SIGKILL");
  await ended;
}

test("the deployed handler, killed with SIGKILL in mid-pull and mid-backfill, loses and repeats nothing", async () => {
  await using deployment = await startDeployment({
    tables: TABLES,
    buckets: ["my-code"],
    simulator: {
      users: 40,
      days: 4,
      attacks: false,
      // The handler goes by the time of this machine.
      nowMs: Date.now(),
      eventsPerDay: { authentication: 3_000, administrator: 1_200 },
    },
  });
  const { harness } = deployment;
  const configKey = await putConfiguration(deployment, {
    tables: TABLES,
    settings: "pull: {backfill: 2d}\n",
  });
  for (let index = 0; index < KILL_COUNT; index += 1) {
    const container = startContainer(deployment, configKey);
    const requestCount = harness.simulator.ledger.requests().length;
    send(container);
    // It is at work now; the moment of the kill is what is being varied.
    const isAtWork = (): boolean => harness.simulator.ledger.requests().length > requestCount;
    await expect.poll(isAtWork, { timeout: 60_000, interval: 20 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 120 + 260 * index));
    await kill(container);
  }
  const container = startContainer(deployment, configKey);
  const told = await deliver(container);
  expect(told.at(-1)).toEqual({ answer: { batchItemFailures: [] } });
  expect(told).toContainEqual(expect.objectContaining({ PullSuccess: 1, Label: "main" }));
  expect(told).toContainEqual(expect.objectContaining({ msg: "backfilled", table: "auth" }));
  expect(JSON.stringify(told)).not.toContain(harness.simulator.secretKey());
  expect(deployment.status()).toMatchObject({ isSettled: true, secret: "populated" });
  for (const table of TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
  const [oldest] = await harness.ask("SELECT min(ts) AS ts FROM duo_auth");
  expect(Date.parse(String(oldest?.["ts"]))).toBeLessThan(harness.clock.nowMs() - 40 * 3_600_000);
  // A warm container, a moment later.
  expect(await deliver(container)).toContainEqual(expect.objectContaining({ msg: "visited already" }));
  await kill(container);
}, 240_000);
