import { afterEach, expect, test, vi } from "vitest";
import { type EventTable, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { createRandom } from "../support/random.ts";
import { startRestServer } from "../support/rest-catalog-server.ts";
import type { RestFault } from "../support/rest-fault.ts";
import { startS3Server } from "../support/s3-server.ts";

const TABLES: readonly EventTable[] = ["auth", "admin"];
const simulator = { eventsPerDay: { authentication: 1_000, administrator: 400 } };
const CLIENT = { clientId: "me", clientSecret: "s", lifeSeconds: 1 };

const FAULTS: readonly RestFault[] = [
  { kind: "error", status: 500, when: "before" },
  { kind: "error", status: 500, when: "after" },
  { kind: "error", status: 503, when: "after" },
  { kind: "error", status: 409, when: "before" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
  { kind: "half" },
];

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a lake of a REST catalog holds every event once, whatever fails in between", async () => {
  await using s3 = await startS3Server({ buckets: ["my-logs"] });
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  await using server = await startRestServer({ root: "s3://my-logs/w", auth: CLIENT, firstFieldId: 1 });
  const catalog = { type: "rest", uri: server.url, auth: "oauth2" } as const;
  const env = { DUOLAKE_CATALOG_CREDENTIAL: `${CLIENT.clientId}:${CLIENT.clientSecret}` };
  await using harness = await startHarness({ tables: TABLES, simulator, catalog, env });
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  server.setFault(({ operation }) => {
    const isChangeable = operation === "commitTable" || operation === "loadTable";
    return isChangeable && random.chance(1 / 5) ? random.pick(FAULTS) : undefined;
  });
  for (let pull = 0; pull < 4; pull += 1) {
    harness.simulator.clock.advance(3_600_000);
    await harness.pull();
  }
  server.setFault(undefined);
  harness.simulator.clock.advance(600_000);
  expect((await harness.pull()).map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const table of TABLES) expect(await harness.difference(table), `seed ${seed}`).toEqual(NO_DIFFERENCE);
  const originals = await harness.originals("auth");
  expect(originals.length).toBeGreaterThan(500);
  const [counted] = await harness.ask("SELECT count(*)::INT AS count FROM duo_auth");
  expect(counted).toEqual({ count: originals.length });
  // All files are where the server says, and none of them is a metadata file of ours.
  const keys = s3.buckets.keys("my-logs");
  expect(keys.filter((key) => !/^w\/matano\/duo_(auth|admin)\/(data|metadata)\//.test(key))).toEqual([]);
  expect(keys.filter((key) => key.endsWith(".json"))).toEqual([]);
}, 60_000);
