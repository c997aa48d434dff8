import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { CommitConflict, CommitUnknown } from "./catalog/catalog.ts";
import { folderCatalog } from "./catalog/folder.ts";
import { evolveTable } from "./evolve-table.ts";
import { lakeError } from "./lake-error.ts";
import type { Lake, LakeTable } from "./lake.ts";
import { maintainTable } from "./maintain/maintain-table.ts";
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
  readonly catalog: { readonly type: "folder" | "glue" | "rest" };
  readonly clock: Clock;
  readonly duckdb?: { readonly memoryLimitBytes?: number; readonly threadCount?: number };
  /** Where files are kept; what the warehouse says unless given. */
  readonly store?: Store;
}

/**
 * Opens a lake. Nothing is read, written or loaded yet: the folder is made by the first `create`, DuckDB is
 * loaded by the first rows, the client of S3 by the first request.
 *
 * @throws config_invalid for catalogs and warehouses that this version does not have
 */
export async function openLake(options: LakeOptions): Promise<Lake> {
  checkCatalog(options);
  const { database, clock } = options;
  const opened = openStore(options);
  const { warehouse, spoolRoot } = opened;
  const store = options.store ?? opened.store;
  const prove = provenOnce(store, `${warehouse}/${database}`);
  const engine = (keepsFiles: boolean): Duckdb =>
    duckdb({ ...options.duckdb, keepsFiles, temporaryFolder: join(spoolRoot, `duckdb-${randomUUID()}`) });
  const tools: LakeTools = {
    store,
    clock,
    catalog: folderCatalog({ store, warehouse, database, clock }),
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
    create: (name, table) =>
      guard(`create table ${name}`, async () => {
        // On a disk the link of the commit itself shows whether the file system has any.
        if (opened.isRemote) await prove();
        return create(tools, { name, ...table });
      }),
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
    probe: () => guard(`write to ${warehouse}`, () => probeStore(store, `${warehouse}/${database}`)),
  };
}

function checkCatalog({ catalog }: LakeOptions): void {
  if (catalog.type === "folder") return;
  throw new DuolakeError(
    "config_invalid",
    `Cannot open the lake: catalog type ${catalog.type} is not supported by this version; use folder`,
  );
}

/** Probes a store before the first table is made in it; where that fails, again before the next. */
function provenOnce(store: Store, folder: string): () => Promise<void> {
  let proving: Promise<void> | undefined;
  return () => {
    proving ??= probeStore(store, folder).catch((error: unknown) => {
      proving = undefined;
      throw error;
    });
    return proving;
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
    if (loaded === undefined) throw error;
    return lakeTable(tools, loaded);
  }
}

async function guard<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw lakeError(error, doing);
  }
}
