import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { type GlueFault, type GlueServer, startGlueServer } from "../support/glue-server.ts";
import { nextPull, startPullChild } from "../support/pull-children.ts";
import { type EventTable, type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { createRandom } from "../support/random.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";

const TABLES: readonly EventTable[] = ["auth", "admin"];
const simulator = { eventsPerDay: { authentication: 1_000, administrator: 400 } };

const FAULTS: readonly GlueFault[] = [
  { kind: "error", status: 500, word: "InternalServiceException", when: "after" },
  { kind: "error", status: 400, word: "ThrottlingException", when: "before" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
  { kind: "half" },
];

/** Services that the whole program finds as it would find Amazon's: by the environment. */
async function byEnvironment(): Promise<
  AsyncDisposable & { readonly s3: S3Server; readonly glue: GlueServer }
> {
  const s3 = await startS3Server({ buckets: ["my-logs"] });
  const glue = await startGlueServer();
  for (const [name, value] of Object.entries({ ...s3.env, ...glue.env })) vi.stubEnv(name, value);
  return {
    s3,
    glue,
    [Symbol.asyncDispose]: async () => {
      await glue[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
    },
  };
}

function glueHarness(): Promise<Harness> {
  const place = { warehouse: "s3://my-logs/duo", catalog: { type: "glue" } } as const;
  return startHarness({ tables: TABLES, simulator, ...place });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a lake in Glue holds every event once, whatever fails in between", async () => {
  await using services = await byEnvironment();
  const { s3, glue } = services;
  await using harness = await glueHarness();
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  glue.setFault(() => (random.chance(1 / 6) ? random.pick(FAULTS) : undefined));
  for (let pull = 0; pull < 4; pull += 1) {
    harness.simulator.clock.advance(3_600_000);
    await harness.pull();
  }
  glue.setFault(undefined);
  harness.simulator.clock.advance(600_000);
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const table of TABLES) expect(await harness.difference(table), `seed ${seed}`).toEqual(NO_DIFFERENCE);
  const originals = await harness.originals("auth");
  expect(originals.length).toBeGreaterThan(500);
  const [counted] = await harness.ask("SELECT count(*)::INT AS count FROM duo_auth");
  expect(counted).toEqual({ count: originals.length });
  expect(glue.tables.databases).toEqual({ matano: "s3://my-logs/duo/matano" });
  // What Glue names is there, and nothing beside the tables.
  const location = glue.tables.table("matano", "duo_auth")?.Parameters?.["metadata_location"] ?? "";
  expect(s3.buckets.keys("my-logs")).toContain(location.replace("s3://my-logs/", ""));
  expect(
    s3.buckets
      .keys("my-logs")
      .filter((key) => !/^duo\/matano\/duo_(auth|admin)\/(data|metadata)\//.test(key)),
  ).toEqual([]);
  expect(s3.buckets.keys("my-logs").filter((key) => /version-hint|\/v\d+\.metadata/.test(key))).toEqual([]);
}, 60_000);

test("processes killed with SIGKILL at any moment leave nothing lost and nothing repeated in Glue", async () => {
  await using services = await byEnvironment();
  await using harness = await glueHarness();
  const running = [startPullChild(harness), startPullChild(harness)];
  await Promise.all(running.map(nextPull));
  for (let kill = 0; kill < 3; kill += 1) {
    // Not a wait for something to be done: the moment of the kill is what is being varied.
    await new Promise((resolve) => setTimeout(resolve, 151 + 223 * kill));
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
  const updates = services.glue.ledger.filter(({ operation }) => operation === "UpdateTable");
  expect(updates.length).toBeGreaterThan(5);
  expect(updates.every(({ versionId }) => versionId !== undefined)).toBe(true);
}, 60_000);

test("a pull that finds nothing new changes nothing in Glue", async () => {
  await using services = await byEnvironment();
  await using harness = await glueHarness();
  await harness.pull();
  const before = services.glue.ledger.length;
  const s3Before = services.s3.ledger.length;
  await harness.pull();
  const asked = services.glue.ledger.slice(before).map(({ operation }) => operation);
  expect(asked).toEqual(TABLES.map(() => "GetTable"));
  // docs/glue.md says the same: one of Glue, three of S3, for each table.
  const read = services.s3.ledger.slice(s3Before).map(({ operation }) => operation);
  expect(read).toEqual(TABLES.flatMap(() => ["GetObject", "GetObject", "GetObject"]));
});

test("maintenance of a lake in Glue keeps every event, and later pulls go on", async () => {
  await using services = await byEnvironment();
  await using harness = await glueHarness();
  for (let pull = 0; pull < 4; pull += 1) {
    await harness.pull();
    harness.simulator.clock.advance(6 * 3_600_000);
  }
  harness.simulator.clock.advance(2 * 86_400_000);
  const { lake } = await harness.start();
  const done = await lake.maintain("duo_auth");
  expect(done?.compactedFileCount).toBeGreaterThan(1);
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const table of TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
  expect(services.glue.tables.archived("matano", "duo_auth")).toEqual([]);
}, 60_000);
