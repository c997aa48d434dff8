import { randomUUID } from "node:crypto";
import type { Clock } from "./core/clock.ts";
import { DuolakeError } from "./core/errors.ts";
import { createHttp, type Http } from "./core/http.ts";
import type { Config, LogSource } from "./config/config.ts";
import { createDuoClient, type DuoClient, type DuoObserver } from "./duo/client.ts";
import { endpointUrl } from "./duo/endpoint-url.ts";
import { createRequestBudget } from "./duo/request-budget.ts";
import { findTable } from "./duo/tables/index.ts";
import type { LogTable } from "./duo/tables/table.ts";
import type { Lake } from "./lake/lake.ts";
import { openLake } from "./lake/open-lake.ts";
import type { Store } from "./lake/store/store.ts";
import { readColumn } from "./lake/read-column.ts";
import { createDeadLetters } from "./pipeline/dead-letters.ts";
import type { PullObserver } from "./pipeline/pull-observer.ts";
import type { ReadIdentities } from "./pipeline/read-identities.ts";
import { createTablePuller, type TablePuller } from "./pipeline/table-puller.ts";
import { openSecretStore } from "./secrets/open-secret-store.ts";
import type { SecretStore } from "./secrets/store.ts";
import { type Journal, openJournal } from "./status/journal.ts";

/** A commit is made at the latest when this many rows wait: it bounds memory, and what a kill can make us read again. */
const BATCH_ROW_COUNT_MAX = 24_576;

/** The first pull of a table reads this far back; what is older is the backfill's. */
const FIRST_WINDOW_MS = 86_400_000;

/** One Duo account with everything that serves it. */
export interface SourceApp {
  readonly name: string;
  readonly config: LogSource;
  readonly client: DuoClient;
  readonly pullers: readonly TablePuller[];
}

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
  const secrets = openSecretStore(config, env);
  const lake = await openLake({ ...config.lake, clock, ...(options.store && { store: options.store }) });
  const transport = createHttp();
  const http = options.http ?? transport.http;
  refuseUnavailable(config);
  const sources = config.logSources.map((source): SourceApp => {
    const client = createDuoClient({
      apiHostname: source.apiHostname,
      integrationKey: source.integrationKey,
      secretKey: cachedSecret(secrets, source.name),
      endpointUrl: endpoint,
      http,
      clock,
      budget: createRequestBudget({ clock, holdMs: config.pull.holdAfter429Ms }),
      observer: observer.duo?.(source.name),
    });
    return {
      name: source.name,
      config: source,
      client,
      pullers: createPullers(options, { source, client, lake }),
    };
  });
  return {
    config,
    clock,
    lake,
    secrets,
    journal: openJournal(config.dir),
    sources,
    [Symbol.asyncDispose]: transport.close,
  };
}

function refuseUnavailable({ logSources }: Config): void {
  const source = logSources.find(({ adminStream }) => adminStream === "activity");
  if (source === undefined) return;
  throw new DuolakeError(
    "config_invalid",
    `Cannot pull ${source.name}: admin_stream activity is not available in this version yet; use auto or v1`,
  );
}

function createPullers(
  options: AppOptions,
  { source, client, lake }: { readonly source: LogSource; readonly client: DuoClient; readonly lake: Lake },
): TablePuller[] {
  const { config, clock, observer = {} } = options;
  const name = `${source.name}_dead_letter`;
  const deadLetters = createDeadLetters({ lake, name, readIdentities, newId: randomUUID });
  return source.tables.map((table) =>
    createTablePuller({
      source: source.name,
      table: knownTable(table.name),
      resolvedName: table.resolvedName,
      columns: table.columns,
      client,
      lake,
      readIdentities,
      deadLetters,
      clock,
      lookBackMs: config.pull.lookBackMs,
      batchRowCountMax: options.batchRowCountMax ?? BATCH_ROW_COUNT_MAX,
      newId: randomUUID,
      firstWindowMs: options.firstWindowMs ?? FIRST_WINDOW_MS,
      observer: observer.pull?.(source.name, table.name),
    }),
  );
}

const readIdentities: ReadIdentities = async function* (table, options) {
  for await (const rows of readColumn(table, options)) {
    yield rows.map(({ tsUs, value }) => ({ tsUs, identity: value }));
  }
};

function knownTable(name: string): LogTable {
  const table = findTable(name);
  if (table === undefined) {
    throw new DuolakeError("internal", `Cannot find table: not in the registry, got ${name}`);
  }
  return table;
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
