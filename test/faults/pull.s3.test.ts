import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { nextPull, startPullChild } from "../support/pull-children.ts";
import { type EventTable, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { createRandom } from "../support/random.ts";
import { type S3Fault, type S3Server, startS3Server } from "../support/s3-server.ts";

const TABLES: readonly EventTable[] = ["auth", "admin"];
const simulator = { eventsPerDay: { authentication: 1_000, administrator: 400 } };

const FAULTS: readonly S3Fault[] = [
  { kind: "error", status: 500, code: "InternalError", when: "after" },
  { kind: "error", status: 503, code: "SlowDown", when: "before" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
  { kind: "half" },
];

/** A server that the whole program finds as it would find Amazon's: by the environment. */
async function s3ByEnvironment(): Promise<S3Server> {
  const server = await startS3Server({ buckets: ["my-logs"] });
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  return server;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a lake on S3 holds every event once, whatever fails in between", async () => {
  await using server = await s3ByEnvironment();
  await using harness = await startHarness({ tables: TABLES, simulator, warehouse: "s3://my-logs/duo" });
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  server.setFault(() => (random.chance(1 / 10) ? random.pick(FAULTS) : undefined));
  for (let pull = 0; pull < 4; pull += 1) {
    harness.simulator.clock.advance(3_600_000);
    await harness.pull();
  }
  server.setFault(undefined);
  harness.simulator.clock.advance(600_000);
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const table of TABLES) expect(await harness.difference(table), `seed ${seed}`).toEqual(NO_DIFFERENCE);
  const [counted] = await harness.ask("SELECT count(*)::INT AS count FROM duo_auth");
  const originals = await harness.originals("auth");
  expect(originals.length).toBeGreaterThan(500);
  expect(counted).toEqual({ count: originals.length });
  // Every file is where an engine looks for it, and nothing else is there.
  expect(
    server.buckets
      .keys("my-logs")
      .filter((key) => !/^duo\/matano\/duo_(auth|admin)\/(data|metadata)\//.test(key)),
  ).toEqual([]);
  expect(server.buckets.uploadCount).toBe(0);
}, 60_000);

test("processes killed with SIGKILL at any moment leave nothing lost and nothing repeated on S3", async () => {
  await using server = await s3ByEnvironment();
  await using harness = await startHarness({ tables: TABLES, simulator, warehouse: "s3://my-logs/duo" });
  const running = [startPullChild(harness), startPullChild(harness)];
  await Promise.all(running.map(nextPull));
  for (let kill = 0; kill < 3; kill += 1) {
    // Not a wait for something to be done: the moment of the kill is what is being varied.
    await new Promise((resolve) => setTimeout(resolve, 137 + 211 * kill));
    const victim = running.shift() as ChildProcess;
    victim.kill("SIGKILL");
    running.push(startPullChild(harness));
  }
  await nextPull(running.at(-1) as ChildProcess);
  for (const child of running) child.kill("SIGKILL");
  for (const child of running) {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const table of TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
  expect(server.ledger.some(({ operation }) => operation === "PutObject")).toBe(true);
}, 60_000);

test("a pull that finds nothing new on S3 writes nothing, and a second process fetches no file again", async () => {
  await using server = await s3ByEnvironment();
  await using harness = await startHarness({ tables: ["auth"], simulator, warehouse: "s3://my-logs/duo" });
  await harness.pull();
  const before = server.ledger.length;
  await harness.pull();
  const asked = server.ledger.slice(before);
  expect(asked.filter(({ operation }) => !/^(GetObject|HeadObject)$/.test(operation))).toEqual([]);
  // The data files that this machine wrote itself are in its cache.
  expect(asked.filter(({ key }) => key.endsWith(".parquet"))).toEqual([]);
});
