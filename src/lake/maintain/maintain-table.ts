import { DuolakeError } from "../../core/errors.ts";
import type { LakeTable } from "../lake.ts";
import { currentManifests } from "../read-manifests.ts";
import { dayOf } from "../spec/instant.ts";
import { hasLiveFiles } from "../spec/manifest-list.ts";
import { DEFAULT_PROPERTIES } from "../spec/new-table.ts";
import { internalsOf } from "../table.ts";
import { type Compaction, compactTable } from "./compact-table.ts";
import { expireSnapshots } from "./expire-snapshots.ts";
import type { MaintainOptions, TableMaintenance } from "./maintenance.ts";
import { removeOrphans } from "./remove-orphans.ts";
import { rewriteFiles, type RewriteFiles } from "./rewrite-files.ts";

const DAY_MS = 86_400_000;
/** Pulls still bring events of a day this long after its end: they look back an hour, and Duo shows events late. */
const CLOSING_MS = 3 * 3_600_000;
const ORPHAN_MS_MIN = 3 * DAY_MS;

/**
 * Keeps one table small and quick, beside whoever reads and writes it: compacts small files, takes old snapshots out of the
 * history and removes orphans, in this order (docs/spec/maintain.md).
 *
 * @param options `rewrite` writes the new files; replaced in tests
 * @throws lake_*, stopped; what was done before stays done
 */
export async function maintainTable(
  table: LakeTable,
  options: MaintainOptions & { readonly rewrite?: RewriteFiles },
): Promise<TableMaintenance> {
  const { scope = "all", isDryRun = false, orphanAgeMsMin = ORPHAN_MS_MIN, rewrite = rewriteFiles } = options;
  const { signal } = options;
  const { name } = table;
  const { tools } = internalsOf(table);
  const openDay = dayOf((tools.clock.nowMs() - CLOSING_MS) * 1000);
  const isAll = scope === "all";
  const before = await sizesOf(table);
  // Before any commit of our own: those have the time of a clock that may have been set forward.
  const committedMs = await lastChangeMs(table);
  try {
    const compaction = await compactUnlessDeletes(isAll && !isDryRun ? await withDefaults(table) : table, {
      openDay,
      fromDay: isAll ? undefined : openDay,
      isDryRun,
      rewrite,
      signal,
    });
    const expiry = isAll ? await expireSnapshots(tools, { name, isDryRun, signal }) : undefined;
    const orphans = isAll
      ? await removeOrphans(tools, { name, ageMsMin: orphanAgeMsMin, committedMs, isDryRun, signal })
      : undefined;
    if (compaction.failure !== undefined) throw compaction.failure;
    const { removed, added, givenUpCount } = compaction;
    return {
      filesBefore: before,
      filesAfter: {
        count: before.count - removed.count + added.count,
        sizeBytes: before.sizeBytes - removed.sizeBytes + added.sizeBytes,
      },
      compactedFileCount: removed.count,
      givenUpCount,
      expiredSnapshotCount: expiry?.snapshotCount ?? 0,
      expiredFileCount: (expiry?.dataFileCount ?? 0) + (expiry?.metadataFileCount ?? 0),
      orphans: orphans ?? { count: 0, sizeBytes: 0, paths: [] },
      metadataFiles: await metadataSizes(compaction.table),
    };
  } finally {
    await tools.compactor.release();
  }
}

/**
 * Row-level deletes of another engine belong to the files they were written for, so such a table must be compacted there; its history
 * and its orphans are cleared away all the same.
 */
async function compactUnlessDeletes(
  table: LakeTable,
  options: Parameters<typeof compactTable>[1],
): Promise<Compaction> {
  const { tools, loaded } = internalsOf(table);
  const manifests = await currentManifests(tools.store, loaded.metadata);
  if (manifests.every((file) => file.content === 0 || !hasLiveFiles(file)))
    return compactTable(table, options);
  const nothing = { count: 0, sizeBytes: 0 };
  const failure = new DuolakeError(
    "lake_format_unsupported",
    `Cannot compact table ${table.name}: another engine wrote row-level deletes; compact it there`,
  );
  return { table, removed: nothing, added: nothing, givenUpCount: 0, failure };
}

async function sizesOf(table: LakeTable): Promise<TableMaintenance["filesBefore"]> {
  // Files with row-level deletes of another engine count too; whether they can be compacted is seen later.
  const files = await table.files({ withDeletedRows: true });
  return { count: files.length, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** When the table's metadata last changed, by the clock that files have their time from. */
async function lastChangeMs(table: LakeTable): Promise<number> {
  const files = await internalsOf(table).tools.store.list(`${table.location}/metadata`);
  return Math.max(...files.map(({ modifiedAtMs }) => modifiedAtMs));
}

async function metadataSizes(table: LakeTable): Promise<TableMaintenance["metadataFiles"]> {
  const files = await internalsOf(table).tools.store.list(`${table.location}/metadata`);
  return { count: files.length, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** Sets the standard properties that a table lacks, so that other engines that maintain it do as we do; what is set stays. */
async function withDefaults(table: LakeTable): Promise<LakeTable> {
  const missing = Object.entries(DEFAULT_PROPERTIES).filter(([key]) => table.properties[key] === undefined);
  return missing.length === 0 ? table : table.commit({ setProperties: Object.fromEntries(missing) });
}
