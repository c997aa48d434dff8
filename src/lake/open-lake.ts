import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { CommitConflict, CommitUnknown } from "./catalog/catalog.ts";
import { folderCatalog } from "./catalog/folder.ts";
import { evolveTable } from "./evolve-table.ts";
import { lakeError } from "./lake-error.ts";
import type { Lake, LakeTable } from "./lake.ts";
import { duckdb } from "./parquet/duckdb.ts";
import { spoolFolders } from "./parquet/spool-folder.ts";
import { planCache } from "./scan.ts";
import { newTable } from "./spec/new-table.ts";
import { localStore } from "./store/local.ts";
import type { Store } from "./store/store.ts";
import type { LakeTools } from "./table.ts";
import { internalsOf, lakeTable } from "./table.ts";

export interface LakeOptions {
  /** A folder; a relative one is taken from the working directory. */
  readonly warehouse: string;
  readonly database: string;
  readonly catalog: { readonly type: "folder" | "glue" | "rest" };
  readonly clock: Clock;
  readonly duckdb?: { readonly memoryLimitBytes?: number; readonly threadCount?: number };
  /** Where files are kept; the local disk unless given. */
  readonly store?: Store;
}

/**
 * Opens a lake. Nothing is read, written or loaded yet: the folder is made by the first `create`, DuckDB is
 * loaded by the first rows.
 *
 * @throws config_invalid for catalogs and warehouses that this version does not have
 */
export async function openLake(options: LakeOptions): Promise<Lake> {
  const warehouse = warehouseOf(options);
  const { database, clock } = options;
  const store = options.store ?? localStore();
  const spoolRoot = join(warehouse, database, ".spool");
  const tools: LakeTools = {
    store,
    clock,
    catalog: folderCatalog({ store, warehouse, database, clock }),
    duckdb: duckdb({ ...options.duckdb, temporaryFolder: join(spoolRoot, `duckdb-${randomUUID()}`) }),
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
    probe: () => guard(`write to ${warehouse}`, () => probe(store, `${warehouse}/${database}`)),
  };
}

function warehouseOf({ warehouse, catalog }: LakeOptions): string {
  if (catalog.type !== "folder") {
    throw new DuolakeError(
      "config_invalid",
      `Cannot open the lake: catalog type ${catalog.type} is not supported by this version; use folder`,
    );
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(warehouse)) {
    throw new DuolakeError(
      "config_invalid",
      `Cannot open the lake: only a folder of this machine is supported as warehouse by this version, got ${warehouse}`,
    );
  }
  return resolve(warehouse);
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

async function probe(store: Store, root: string): Promise<void> {
  const path = `${root}/.probe-${randomUUID()}`;
  await store.writeNew(path, new TextEncoder().encode("duolake\n"));
  await store.remove(path);
}

async function guard<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw lakeError(error, doing);
  }
}
