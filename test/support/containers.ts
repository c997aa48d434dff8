import { join } from "node:path";
import { vi } from "vitest";
import { createPuller, type Puller } from "../../src/aws/puller.ts";
import { type PullHandlerOptions, pullHandler, type SqsAnswer } from "../../src/aws/pull-handler.ts";
import { openPullingApp } from "../../src/aws/pulling-app.ts";
import type { Config, LogSource } from "../../src/config/config.ts";
import type { Http } from "../../src/core/http.ts";
import { createRunLog } from "../../src/daemon/run-log.ts";
import { openS3 } from "../../src/lake/open-s3.ts";
import { memorySecretStore } from "../../src/secrets/memory.ts";
import { Secret } from "../../src/secrets/secret.ts";
import type { SecretStore } from "../../src/secrets/store.ts";
import { decodeSourceStatus, type SourceStatus } from "../../src/status/source-status.ts";
import { type GlueServer, startGlueServer } from "./glue-server.ts";
import { type Harness, type HarnessOptions, startHarness } from "./pull-harness.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

const BUCKET = "my-logs";

/** A message that came back with what it left behind. */
export interface Delivery {
  readonly answer: SqsAnswer;
  /** What was written: log records and lines of metrics. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** The sums of the metrics. */
  readonly counts: Readonly<Record<string, number>>;
  /** Messages that were asked to come back, after so many seconds. */
  readonly comeBacks: readonly number[];
}

export interface DeliveryOptions {
  readonly sources?: readonly string[];
  readonly body?: string;
  readonly receiveCount?: number;
  /** Is aborted when the container is to stop fetching; never by default. */
  readonly enough?: AbortSignal;
}

/** A function of Lambda as it lives from a cold start on. */
export interface Container {
  readonly deliver: (options?: DeliveryOptions) => Promise<Delivery>;
}

/** A deployment without AWS: S3, Glue and Duo on ports of this machine, secrets in memory. */
export interface Deployment extends AsyncDisposable {
  readonly harness: Harness;
  readonly s3: S3Server;
  readonly glue: GlueServer;
  readonly secrets: SecretStore;
  /** How often a secret was read. */
  readonly secretReads: () => number;
  /** A cold start. */
  readonly container: (options?: { readonly http?: Http }) => Container;
  readonly status: (source?: string) => SourceStatus;
}

export interface DeploymentOptions {
  /** False leaves the placeholder of `duo`. */
  readonly isPopulated?: boolean;
  /** Further buckets. */
  readonly buckets?: readonly string[];
  /** Further log sources, which read the same account into tables of their own. */
  readonly twins?: readonly string[];
}

/** Starts a deployment; its log sources have their keys. */
export async function startDeployment(options: HarnessOptions & DeploymentOptions = {}): Promise<Deployment> {
  const s3 = await startS3Server({ buckets: [BUCKET, ...(options.buckets ?? [])] });
  const glue = await startGlueServer();
  for (const [name, value] of Object.entries({ ...s3.env, ...glue.env })) vi.stubEnv(name, value);
  const place = { warehouse: `s3://${BUCKET}/lake`, catalog: { type: "glue" } } as const;
  const harness = await startHarness({ ...options, ...place });
  const config = withTwins(harness.config, options.twins ?? []);
  const secrets = memorySecretStore();
  for (const twin of options.twins ?? []) await secrets.set(twin, new Secret(harness.simulator.secretKey()));
  if (options.isPopulated !== false) await secrets.set("duo", new Secret(harness.simulator.secretKey()));
  else await secrets.createPlaceholder("duo");
  let secretReads = 0;
  let containerCount = 0;
  const counted: SecretStore = {
    ...secrets,
    get: (source) => {
      secretReads += 1;
      return secrets.get(source);
    },
  };
  return {
    harness,
    s3,
    glue,
    secrets,
    secretReads: () => secretReads,
    container: ({ http } = {}) => {
      containerCount += 1;
      return openContainer(
        { ...harness, config },
        {
          dir: join(harness.dir, `tmp-${containerCount}`),
          secrets: counted,
          http,
        },
      );
    },
    status: (source = "duo") =>
      decodeSourceStatus(s3.buckets.bytes(BUCKET, `status/${source}.json`) ?? Buffer.from("")),
    [Symbol.asyncDispose]: async () => {
      await harness[Symbol.asyncDispose]();
      await glue[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
      vi.unstubAllEnvs();
    },
  };
}

function withTwins(config: Config, names: readonly string[]): Config {
  const [own] = config.logSources as readonly [LogSource];
  const twins = names.map((name) => ({
    ...own,
    name,
    tables: own.tables.map((table) => ({ ...table, resolvedName: `${name}_${table.name}` })),
  }));
  return { ...config, logSources: [own, ...twins] };
}

function openContainer(
  { config, clock, simulator }: Pick<Harness, "config" | "clock" | "simulator">,
  own: { readonly dir: string; readonly secrets: SecretStore; readonly http: Http | undefined },
): Container {
  const lines: Record<string, unknown>[] = [];
  const comeBacks: number[] = [];
  const take = (text: string): void => {
    for (const line of text.trim().split("\n")) lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  const { nowMs } = clock;
  const log = createRunLog({ env: {}, err: take }, nowMs);
  const pull: Puller = createPuller({
    clock,
    log,
    open: (observer) =>
      openPullingApp(
        {
          config: { ...config, dir: own.dir },
          clock,
          env: { DUOLAKE_DUO_ENDPOINT_URL: simulator.url },
          secretStore: own.secrets,
          statusStore: openS3({ clock, localFolder: own.dir }),
          statusFolder: `s3://${BUCKET}/status`,
          ...(own.http !== undefined && { http: own.http }),
        },
        observer,
      ),
  });
  let enough: AbortSignal | undefined;
  const parts: PullHandlerOptions = {
    pull,
    label: "test",
    nowMs,
    logger: log.logger,
    write: take,
    startDeadline: () => ({ signal: enough ?? new AbortController().signal, [Symbol.dispose]: () => {} }),
    comeBack: (_receiptHandle, delaySeconds) => {
      comeBacks.push(delaySeconds);
      return Promise.resolve();
    },
  };
  const handle = pullHandler(parts);
  return {
    deliver: async ({ sources = ["duo"], body, receiveCount = 1, enough: given } = {}) => {
      enough = given;
      lines.length = 0;
      comeBacks.length = 0;
      const record = {
        messageId: "m1",
        receiptHandle: "r1",
        body: body ?? JSON.stringify({ sources, time: new Date(nowMs()).toISOString() }),
        attributes: { ApproximateReceiveCount: String(receiveCount) },
      };
      const answer = await handle({ Records: [record] }, { getRemainingTimeInMillis: () => 240_000 });
      return { answer, lines: [...lines], counts: sum(lines), comeBacks: [...comeBacks] };
    },
  };
}

const METRICS = ["PullSuccess", "PullFailure", "SecretNotPopulated", "RowsAppended", "RateLimited"];

function sum(lines: readonly Readonly<Record<string, unknown>>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines.filter((one) => "_aws" in one))
    for (const name of METRICS)
      if (typeof line[name] === "number") counts[name] = (counts[name] ?? 0) + line[name];
  return counts;
}
