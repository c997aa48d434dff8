import { join } from "node:path";
import type { Clock } from "./core/clock.ts";
import { DuolakeError } from "./core/errors.ts";
import { createHttp, type Http } from "./core/http.ts";
import type { Config } from "./config/config.ts";
import type { DuoObserver } from "./duo/duo-observer.ts";
import { endpointUrl } from "./duo/endpoint-url.ts";
import type { Lake } from "./lake/lake.ts";
import { openLake } from "./lake/open-lake.ts";
import type { Store } from "./lake/store/store.ts";
import type { PullObserver } from "./pipeline/pull-observer.ts";
import { openSecretStore } from "./secrets/open-secret-store.ts";
import type { SecretStore } from "./secrets/store.ts";
import { createSourceApp, type SourceApp } from "./source-app.ts";
import { type Journal, openJournal } from "./status/journal.ts";

/** A commit is made at the latest when this many rows wait: it bounds memory, and what a kill can make us read again. */
const BATCH_ROW_COUNT_MAX = 24_576;

/** The first pull of a table reads this far back; what is older is the backfill's. */
const FIRST_WINDOW_MS = 86_400_000;

/** The program put together for one Matano directory. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly lake: Lake;
  readonly secrets: SecretStore;
  readonly journal: Journal;
  readonly sources: readonly SourceApp[];
}

/** What the parts tell while they work; each call names the source and, where it applies, the table. */
export interface AppObserver {
  readonly duo?: (source: string) => DuoObserver;
  readonly pull?: (source: string, table: string) => PullObserver;
  /** A child account that cannot be pulled, and why. */
  readonly leftOut?: (source: string, error: DuolakeError) => void;
}

export interface AppOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly observer?: AppObserver;
  readonly batchRowCountMax?: number;
  /** Takes the place of the local disk; for tests. */
  readonly store?: Store;
  /** Takes the place of the transport; for tests and benchmarks. */
  readonly http?: Http;
  /** How far back the first pull of a table reads, ms; default a day. */
  readonly firstWindowMs?: number;
  /** Where the secret keys are; default what the directory says. */
  readonly secrets?: SecretStore;
  /** Where pulls are noted; default beside the directory. */
  readonly journal?: Journal;
  /** Longest wait of a live pull for its turn to ask Duo, ms; default five minutes. */
  readonly requestWaitMsMax?: number;
  /** How much of the data files of a remote warehouse is kept on this machine, bytes; default 1 GB. */
  readonly cacheBytesMax?: number;
}

/**
 * Builds every object of the program; the only place that does. Nothing is read or sent yet.
 *
 * @throws usage_invalid where DUOLAKE_DUO_ENDPOINT_URL cannot be used; config_invalid where a back end is not available
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, clock, env, observer = {} } = options;
  const override = env["DUOLAKE_DUO_ENDPOINT_URL"];
  const endpoint = override === undefined || override === "" ? undefined : endpointUrl(override);
  const secrets = options.secrets ?? openSecretStore(config, env);
  const lake = await openLake({
    ...config.lake,
    clock,
    localFolder: join(config.dir, ".duolake"),
    rest: { env },
    ...(options.store && { store: options.store }),
    ...(options.cacheBytesMax !== undefined && { cacheBytesMax: options.cacheBytesMax }),
  });
  const transport = createHttp();
  const http = options.http ?? transport.http;
  const sources = config.logSources.map((source) =>
    createSourceApp({
      source,
      config,
      clock,
      lake,
      http,
      endpointUrl: endpoint,
      secretKey: cachedSecret(secrets, source.name),
      batchRowCountMax: options.batchRowCountMax ?? BATCH_ROW_COUNT_MAX,
      firstWindowMs: options.firstWindowMs ?? FIRST_WINDOW_MS,
      requestWaitMsMax: options.requestWaitMsMax,
      duoObserver: observer.duo?.(source.name),
      pullObserver: (table) => observer.pull?.(source.name, table),
      onLeftOut: (error) => observer.leftOut?.(source.name, error),
    }),
  );
  return {
    config,
    clock,
    lake,
    secrets,
    journal: options.journal ?? openJournal(config.dir),
    sources,
    [Symbol.asyncDispose]: transport.close,
  };
}

/** Reads the secret once, and again only when Duo refused it. */
function cachedSecret(secrets: SecretStore, source: string): (fresh: boolean) => Promise<string> {
  let value: string | undefined;
  return async (fresh) => {
    if (value === undefined || fresh) value = (await secrets.get(source))?.reveal();
    if (value !== undefined) return value;
    throw new DuolakeError(
      "secret_not_populated",
      `Cannot sign requests for ${source}: its secret key is not set; \`duolake secret set ${source}\` sets it`,
    );
  };
}
