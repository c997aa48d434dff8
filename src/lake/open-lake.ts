import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import { CommitConflict, CommitUnknown } from "./catalog/catalog.ts";
import { provenCatalog } from "./catalog/proven.ts";
import type { GlueOptions } from "./catalog/glue-client.ts";
import type { RestReach } from "./catalog/rest/rest-options.ts";
import { evolveTable } from "./evolve-table.ts";
import { lakeError } from "./lake-error.ts";
import type { Lake, LakeTable } from "./lake.ts";
import { maintainTable } from "./maintain/maintain-table.ts";
import { type CatalogChoice, openCatalog } from "./open-catalog.ts";
import { localFolderOf, openS3 } from "./open-s3.ts";
import type { RemoteOptions } from "./open-store.ts";
import { openStore } from "./open-store.ts";
import { type Duckdb, duckdb } from "./parquet/duckdb.ts";
import { spoolFolders } from "./parquet/spool-folder.ts";
import { planCache } from "./scan.ts";
import { newTable } from "./spec/new-table.ts";
import { probeStore } from "./store/probe-store.ts";
import type { Store } from "./store/store.ts";
import type { LakeTools } from "./table.ts";
import { internalsOf, lakeTable } from "./table.ts";

export interface LakeOptions extends RemoteOptions {
  /** A folder, a relative one is taken from the working directory; or `s3://bucket/prefix`. */
  readonly warehouse: string;
  readonly database: string;
  readonly catalog: CatalogChoice;
  readonly clock: Clock;
  readonly duckdb?: { readonly memoryLimitBytes?: number; readonly threadCount?: number };
  /** Where files are kept; what the warehouse says unless given. */
  readonly store?: Store;
  /** How Glue is reached; by default as the AWS SDK finds it, with `AWS_ENDPOINT_URL_GLUE` or `AWS_ENDPOINT_URL` for another service. */
  readonly glue?: GlueOptions;
  /** Secrets and transport of a REST catalog; by default the process's environment and a transport of its own. */
  readonly rest?: RestReach;
}

/**
 * Opens a lake. Nothing is read, written or loaded yet: the folder is made by the first `create`, DuckDB is
 * loaded by the first rows, the client of S3 by the first request.
 *
 * @throws config_invalid for catalogs and warehouses that this version does not have
 */
export async function openLake(options: LakeOptions): Promise<Lake> {
  const { database, clock } = options;
  const opened = openStore(options);
  const { warehouse } = opened;
  const store = options.store ?? opened.store;
  const { catalog: chosen, isStoreTheLock } = openCatalog({
    choice: options.catalog,
    store,
    warehouse,
    database,
    clock,
    glue: options.glue,
    rest: options.rest,
    ...(options.store === undefined && {
      openS3: (access) => openS3({ ...options, s3: { ...options.s3, ...access } }),
    }),
  });
  // Where the catalog says where files are, the warehouse of the configuration holds none.
  const holdsFiles = options.catalog.type !== "rest" || options.store !== undefined;
  const spoolRoot = holdsFiles ? opened.spoolRoot : join(localFolderOf(options), "spool");
  const prove = (): Promise<void> =>
    guard(`write to ${warehouse}`, () => probeStore(store, `${warehouse}/${database}`));
  // On a disk the link of the commit itself shows whether the file system has any.
  const catalog = opened.isRemote && isStoreTheLock ? provenCatalog(chosen, prove) : chosen;
  const engine = (keepsFiles: boolean): Duckdb =>
    duckdb({ ...options.duckdb, keepsFiles, temporaryFolder: join(spoolRoot, `duckdb-${randomUUID()}`) });
  const tools: LakeTools = {
    store,
    clock,
    catalog,
    duckdb: engine(true),
    compactor: engine(false),
    spools: spoolFolders(spoolRoot, clock),
    cache: planCache(),
  };
  return {
    database,
    list: () => guard("list the tables", () => tools.catalog.list()),
    load: (name) =>
      guard(`load table ${name}`, async () => {
        const loaded = await tools.catalog.load(name);
        return loaded === undefined ? undefined : lakeTable(tools, loaded);
      }),
    create: (name, table) => guard(`create table ${name}`, () => create(tools, { name, ...table })),
    evolve: (table, columns) =>
      guard(`add columns to table ${table.name}`, async () => {
        const base = internalsOf(table).loaded;
        const evolved = await evolveTable(tools, { base, columns });
        return evolved === base ? table : lakeTable(tools, evolved);
      }),
    maintain: (name, how = {}) =>
      guard(`maintain table ${name}`, async () => {
        const loaded = await tools.catalog.load(name);
        return loaded === undefined ? undefined : maintainTable(await lakeTable(tools, loaded), how);
      }),
    probe: async () => {
      if (holdsFiles) await prove();
      // A catalog beside the store has permissions of its own.
      if (!isStoreTheLock) await guard("ask the catalog", () => catalog.list());
    },
  };
}

async function create(
  tools: LakeTools,
  table: { readonly name: string } & Parameters<Lake["create"]>[1],
): Promise<LakeTable> {
  const { name, columns, properties } = table;
  const location = tools.catalog.locationOf(name);
  const metadata = newTable({ location, columns, properties, nowMs: tools.clock.nowMs() });
  try {
    return await lakeTable(tools, await tools.catalog.create(name, metadata));
  } catch (error) {
    if (!(error instanceof CommitConflict || error instanceof CommitUnknown)) throw error;
    // Somebody was first, or we were and did not hear it: either way the table is what stands there now.
    const loaded = await tools.catalog.load(name);
    if (loaded === undefined) throw notMade(name, error);
    return lakeTable(tools, loaded);
  }
}

/** Nothing is there yet, but a request without an answer may make the table still: the next try finds out. */
function notMade(name: string, error: CommitConflict | CommitUnknown): DuolakeError {
  const reason = error.cause === undefined ? error.message : errorText(error.cause);
  return new DuolakeError(
    "lake_unwritable",
    `Cannot create table ${name}: the catalog does not say whether it was made, got ${reason}`,
    { retryable: true, cause: error },
  );
}

async function guard<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw lakeError(error, doing);
  }
}
