import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHarness } from "../support/pull-harness.ts";
import { icebergJars } from "./iceberg-jars.ts";
import { type IcebergServer, startIcebergServer } from "./iceberg-server.ts";
import type { Report } from "./report.ts";
import { startRestProxy } from "./rest-proxy.ts";
import { pullThroughRest } from "./rest-pulls.ts";
import { compareWithFake } from "./rest-same.ts";
import { runContract } from "./run-contract.ts";

const CONTRACT = "test/interop/rest-contract.ts";
const CREDENTIAL = "me:secret";
const DAY_MS = 86_400_000;

/**
 * Holds the lake against Apache Iceberg's own REST server: what every catalog promises, pulls while requests are lost and processes
 * killed, and PyIceberg at the same tables.
 *
 * @param python the interpreter that has pyspark and pyiceberg
 */
export async function checkRealRest(report: Report, python: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-iceberg-"));
  let server: IcebergServer | undefined;
  try {
    await report.run("REST server: Iceberg's own starts", async () => {
      server = await startIcebergServer({ classPath: await icebergJars(python), folder });
      return endpointCount(server.url());
    });
    if (server === undefined) return;
    const { url } = server;
    await report.run("REST server: the tests' fake answers as Iceberg's own does", () =>
      compareWithFake(url()),
    );
    for (const check of await runContract(CONTRACT, { REST_SERVER_URL: server.url() })) {
      report.add({ ...check, name: `REST server: ${check.name}` });
    }
    await checkPulls(report, { python, server, folder });
  } finally {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pulls find the server behind a proxy, and the credential in the environment, as their children do. */
async function checkPulls(
  report: Report,
  tools: { readonly python: string; readonly server: IcebergServer; readonly folder: string },
): Promise<void> {
  const { server } = tools;
  const env = { DUOLAKE_CATALOG_CREDENTIAL: CREDENTIAL };
  const before = process.env["DUOLAKE_CATALOG_CREDENTIAL"];
  Object.assign(process.env, env);
  try {
    await using proxy = await startRestProxy(server.url);
    await using harness = await startHarness({
      // The server has a clock of its own, and the simulator's is moved on by days: it must not come to be ahead.
      simulator: {
        nowMs: Date.now() - 6 * DAY_MS,
        days: 3,
        eventsPerDay: { authentication: 800, administrator: 200, telephony: 60 },
      },
      batchRowCountMax: 200,
      catalog: { type: "rest", uri: proxy.url, auth: "oauth2" },
      env,
    });
    await pullThroughRest({ ...tools, report, proxy, harness, credential: CREDENTIAL });
  } finally {
    if (before === undefined) delete process.env["DUOLAKE_CATALOG_CREDENTIAL"];
    else process.env["DUOLAKE_CATALOG_CREDENTIAL"] = before;
  }
}

async function endpointCount(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/config`);
  const { endpoints } = (await answer.json()) as { readonly endpoints: readonly string[] };
  return `${endpoints.length} endpoints`;
}
