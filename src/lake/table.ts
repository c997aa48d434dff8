import type { Clock } from "../core/clock.ts";
import { commitChange } from "./append/commit-change.ts";
import type { Catalog, Loaded } from "./catalog/catalog.ts";
import { lakeError } from "./lake-error.ts";
import type { LakeTable, ReadableTable } from "./lake.ts";
import type { Duckdb } from "./parquet/duckdb.ts";
import { rowWriter } from "./parquet/row-writer.ts";
import type { SpoolFolders } from "./parquet/spool-folder.ts";
import { currentManifests } from "./read-manifests.ts";
import type { PlanCache } from "./scan.ts";
import { planFiles } from "./scan.ts";
import { columnsOf } from "./spec/schema.ts";
import { currentSchema, currentSnapshot } from "./spec/metadata.ts";
import type { Snapshot } from "./spec/types.ts";
import { isDiscardable } from "./staged-file.ts";
import type { Store } from "./store/store.ts";

/** What the tables of one lake share. */
export interface LakeTools {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly duckdb: Duckdb;
  /** For maintenance, which may take all of its memory while pulls go on. */
  readonly compactor: Duckdb;
  readonly spools: SpoolFolders;
  readonly cache: PlanCache;
}

interface Internals {
  readonly tools: LakeTools;
  readonly loaded: Loaded;
}

// Keeps what other folders must not reach out of the objects they hold.
const INTERNALS = new WeakMap<ReadableTable, Internals>();

/** What stands behind a table that this folder made. */
export function internalsOf(table: ReadableTable): Internals {
  const internals = INTERNALS.get(table);
  if (internals === undefined) throw new TypeError("Cannot use a table that no lake loaded");
  return internals;
}

/** Makes the table that other folders see of what the catalog loaded. */
export async function lakeTable(shared: LakeTools, loaded: Loaded): Promise<LakeTable> {
  // Where the catalog says where files are, it says how they are reached as well.
  const tools = { ...shared, store: shared.catalog.storeOf?.(loaded) ?? shared.store };
  const { metadata, name } = loaded;
  const snapshot = currentSnapshot(metadata);
  const totals = await totalsOf(tools, loaded, snapshot);
  const guard = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw lakeError(error, `${doing} table ${name}`);
    }
  };
  const table: LakeTable = {
    name,
    location: metadata.location,
    metadataLocation: loaded.metadataLocation,
    columns: columnsOf(currentSchema(metadata).fields),
    properties: metadata.properties,
    snapshotId: snapshot === undefined ? undefined : BigInt(snapshot["snapshot-id"]),
    snapshotAtMs: snapshot?.["timestamp-ms"],
    ...totals,
    files: (options = {}) => guard("plan", () => planFiles(tools, { metadata, name, ...options })),
    reload: () =>
      guard("reload", async () => {
        const now = await tools.catalog.refresh(loaded);
        return now === loaded ? table : lakeTable(tools, now);
      }),
    writer: () => rowWriter({ ...tools, folder: tools.spools.next() }, metadata),
    commit: (change, signal) =>
      guard("commit to", async () =>
        lakeTable(tools, await commitChange(tools, { base: loaded, change, signal })),
      ),
    discard: async (files) => {
      const removed = files.filter(isDiscardable);
      await Promise.all(removed.map((file) => tools.store.remove(file.path).catch(() => {})));
    },
  };
  INTERNALS.set(table, { tools, loaded });
  return table;
}

/** Rows and files of the current snapshot: from its summary, or counted where another writer left them out. */
async function totalsOf(
  tools: LakeTools,
  { metadata }: Loaded,
  snapshot: Snapshot | undefined,
): Promise<{ rowCount: number; fileCount: number }> {
  const rows = Number(snapshot?.summary["total-records"] ?? Number.NaN);
  const files = Number(snapshot?.summary["total-data-files"] ?? Number.NaN);
  if (Number.isFinite(rows) && Number.isFinite(files)) return { rowCount: rows, fileCount: files };
  let rowCount = 0;
  let fileCount = 0;
  for (const manifest of await currentManifests(tools.store, metadata)) {
    if (manifest.content !== 0) continue;
    rowCount += manifest.added_rows_count + manifest.existing_rows_count;
    fileCount += manifest.added_files_count + manifest.existing_files_count;
  }
  return { rowCount, fileCount };
}
