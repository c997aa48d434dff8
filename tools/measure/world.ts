import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, startSimulator } from "../../simulator/simulator.ts";
import { systemClock } from "../../src/core/clock.ts";
import { loadDirectory } from "../../src/aws/load-directory.ts";
import { configurationDocument } from "../../src/deploy/configuration-document.ts";
import { secretVariable } from "../../src/secrets/env.ts";
import { type GlueServer, startGlueServer } from "../../test/support/glue-server.ts";
import { type S3Server, startS3Server } from "../../test/support/s3-server.ts";
import { put } from "./put.ts";

/** Everything that a function meets, on ports of this machine. */
export interface World extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly s3: S3Server;
  readonly glue: GlueServer;
  /** Names of the log sources, which all read the same account, each into tables of its own. */
  readonly sources: readonly string[];
  /** What the template gives the functions, and the keys of the log sources. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the network and the service take besides, ms for each request. */
export interface Latency {
  readonly awsMs: number;
  readonly duoMs: number;
}

/** The two that people want first. */
export const TABLES: readonly string[] = ["auth", "admin"];

const CODE_BUCKET = "code";
const LAKE_BUCKET = "lake";

/**
 * Starts a Duo, an S3 and a Glue, with a directory that is deployed there.
 *
 * Secrets come from the environment: reading one from Secrets Manager is one request more for each log source.
 *
 * @param sourceCount 1 or more
 */
export async function openWorld(sourceCount: number, latency: Latency): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-measure-"));
  const simulator = await startSimulator({ users: 50, days: 1, eventsPerDay: QUIET });
  const s3 = await startS3Server({ buckets: [CODE_BUCKET, LAKE_BUCKET] });
  const glue = await startGlueServer();
  const slow = () => ({ kind: "slow", until: systemClock.sleep(latency.awsMs), when: "after" }) as const;
  s3.setFault(slow);
  glue.setFault(slow);
  simulator.faults.add({ kind: "slow", delayMs: latency.duoMs, times: 0 });
  const sources = Array.from({ length: sourceCount }, (_, index) => `duo_${index}`);
  const matano = join(folder, "matano");
  await writeDirectory(matano, sources, simulator);
  const { bytes } = await configurationDocument(await loadDirectory(matano));
  const configKey = `config/${createHash("sha256").update(bytes).digest("hex")}.json`;
  s3.buckets.set(CODE_BUCKET, configKey, Buffer.from(bytes).toString());
  return {
    simulator,
    s3,
    glue,
    sources,
    env: {
      ...s3.env,
      ...glue.env,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      PATH: process.env["PATH"] ?? "",
      DUOLAKE_LABEL: "measured",
      DUOLAKE_CONFIG_BUCKET: CODE_BUCKET,
      DUOLAKE_CONFIG_KEY: configKey,
      DUOLAKE_WAREHOUSE: `s3://${LAKE_BUCKET}/lake`,
      DUOLAKE_DATABASE: "matano",
      DUOLAKE_DUO_ENDPOINT_URL: simulator.url,
      ...Object.fromEntries(sources.map((name) => [secretVariable(name), simulator.secretKey()])),
    },
    [Symbol.asyncDispose]: async () => {
      await simulator.stop();
      await glue[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing happens but what is measured. */
const QUIET = {
  authentication: 0,
  administrator: 0,
  telephony: 0,
  offlineEnrollment: 0,
  activity: 0,
  trustMonitor: 0,
};

async function writeDirectory(
  dir: string,
  sources: readonly string[],
  { apiHostname, integrationKey }: Simulator,
): Promise<void> {
  await put(join(dir, "matano.config.yml"), "");
  const properties = { api_hostname: apiHostname, integration_key: integrationKey };
  for (const name of sources) {
    const own = join(dir, "log_sources", name);
    await put(join(own, "log_source.yml"), JSON.stringify({ name, managed: { type: "DUO", properties } }));
    for (const table of TABLES)
      await put(join(own, "tables", `${table}.yml`), JSON.stringify({ name: table }));
  }
}
