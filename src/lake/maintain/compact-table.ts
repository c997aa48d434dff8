import { throwIfStopped } from "../../core/clock.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { DataFile, LakeTable, StagedFile } from "../lake.ts";
import { numberProperty } from "../spec/metadata.ts";
import type { CompactionGroup } from "./plan-compaction.ts";
import { planCompaction } from "./plan-compaction.ts";
import type { RewriteFiles } from "./rewrite-files.ts";

/** What a compaction did, or would do. */
export interface Compaction {
  /** The table after it. */
  readonly table: LakeTable;
  /** Files that were taken out, and that were put in their place. */
  readonly removed: { readonly count: number; readonly sizeBytes: number };
  readonly added: { readonly count: number; readonly sizeBytes: number };
  /** Groups of files that were left as they are, because another writer replaced one of them first. */
  readonly givenUpCount: number;
  /** Why a group could not be written; the others were. */
  readonly failure: DuolakeError | undefined;
}

const MIB = 1024 * 1024;
/** Groups are committed together until so many files are taken out. */
const COMMIT_FILE_COUNT_MIN = 256;
/** What was too much for one group becomes several files, which the next round joins. */
const ROUND_COUNT_MAX = 4;
const LOST_RACE_COUNT_MAX = 4;

/** What is wrong with the files themselves, or with their rows. */
const OF_ONE_GROUP: ReadonlySet<string> = new Set(["internal", "lake_metadata_invalid"]);

type Staged = CompactionGroup & { readonly staged: readonly StagedFile[] };

/**
 * Puts larger files in the place of small ones (docs/spec/maintain.md, M1-M3). Each commit is a `replace` like any other: appends go
 * on meanwhile, and where another writer replaced a file of a group first, that group is given up.
 *
 * @param options `openDay`: the first day that is not over, since 1970; `fromDay`: days before it are not looked at;
 *   `rewrite` writes the new files
 * @throws lake_full, lake_unwritable, lake_commit_conflict, stopped; what was committed before stays
 */
export async function compactTable(
  table: LakeTable,
  options: {
    readonly openDay: number;
    readonly fromDay?: number | undefined;
    readonly isDryRun: boolean;
    readonly rewrite: RewriteFiles;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Compaction> {
  const total: Total = { removed: none(), added: none(), givenUpCount: 0, failure: undefined };
  let current = table;
  for (let round = 0; round < ROUND_COUNT_MAX; round += 1) {
    const groups = await plan(current, options);
    if (groups.length === 0) break;
    if (options.isDryRun) return { ...total, ...estimate(groups), table };
    for (const batch of batches(groups)) current = await compactBatch(current, { batch, total }, options);
    // Whoever was first works on these files too, and what failed would fail again.
    if (total.givenUpCount > 0 || total.failure !== undefined) break;
  }
  return { ...total, table: current };
}

type Total = { -readonly [Key in Exclude<keyof Compaction, "table">]: Compaction[Key] } & {
  readonly removed: { count: number; sizeBytes: number };
  readonly added: { count: number; sizeBytes: number };
};

async function plan(
  table: LakeTable,
  { openDay, fromDay }: { readonly openDay: number; readonly fromDay?: number | undefined },
): Promise<readonly CompactionGroup[]> {
  const files = await table.files(fromDay === undefined ? {} : { fromUs: fromDay * 86_400_000_000 });
  const groups = planCompaction(files, {
    openDay,
    targetBytes: numberProperty(table.properties, {
      key: "write.target-file-size-bytes",
      fallback: 128 * MIB,
    }),
  });
  // A file without bounds comes along whatever the range.
  return fromDay === undefined ? groups : groups.filter(({ day }) => day >= fromDay);
}

/** Groups that are committed together: a commit for each small one would write the manifests anew again and again. */
function* batches(groups: readonly CompactionGroup[]): Generator<readonly CompactionGroup[]> {
  let batch: CompactionGroup[] = [];
  let fileCount = 0;
  for (const group of groups) {
    batch.push(group);
    fileCount += group.files.length;
    if (fileCount < COMMIT_FILE_COUNT_MIN) continue;
    yield batch;
    batch = [];
    fileCount = 0;
  }
  if (batch.length > 0) yield batch;
}

async function compactBatch(
  table: LakeTable,
  { batch, total }: { readonly batch: readonly CompactionGroup[]; readonly total: Total },
  { rewrite, signal }: { readonly rewrite: RewriteFiles; readonly signal: AbortSignal | undefined },
): Promise<LakeTable> {
  const staged: Staged[] = [];
  try {
    for (const group of batch) {
      throwIfStopped(signal);
      try {
        staged.push({ ...group, staged: await rewrite(table, group, signal) });
      } catch (error) {
        // One damaged file must not keep the other days from being compacted for ever.
        if (!(error instanceof DuolakeError) || !OF_ONE_GROUP.has(error.code)) throw error;
        total.failure ??= error;
      }
    }
    const done = await commitLive(table, staged, signal);
    total.givenUpCount += staged.length - done.committed.length;
    for (const group of done.committed) {
      add(total.removed, group.files);
      add(total.added, group.staged);
    }
    return done.table;
  } catch (error) {
    await table.discard(staged.flatMap((group) => group.staged));
    throw error;
  }
}

/** Commits the groups whose files are all live still, and discards the files of the others. */
async function commitLive(
  table: LakeTable,
  groups: readonly Staged[],
  signal: AbortSignal | undefined,
): Promise<{ readonly table: LakeTable; readonly committed: readonly Staged[] }> {
  let current = table;
  let left = groups;
  for (let lost = 0; left.length > 0 && lost < LOST_RACE_COUNT_MAX; lost += 1) {
    const files = left.flatMap((group) => group.staged);
    const removed = left.flatMap((group) => group.files);
    try {
      const change = { files, removed, operation: "replace", setProperties: {} } as const;
      return { table: await current.commit(change, signal), committed: left };
    } catch (error) {
      if (!(error instanceof DuolakeError) || error.code !== "files_moved") throw error;
    }
    current = await current.reload();
    const live = new Set((await current.files()).map(({ path }) => path));
    const isLive = (group: Staged): boolean => group.files.every(({ path }) => live.has(path));
    await current.discard(left.filter((group) => !isLive(group)).flatMap((group) => group.staged));
    left = left.filter(isLive);
  }
  await current.discard(left.flatMap((group) => group.staged));
  return { table: current, committed: [] };
}

/** The new files' size is not known before they are written; it is not larger than the old ones' together. */
function estimate(groups: readonly CompactionGroup[]): Pick<Compaction, "removed" | "added"> {
  const removed = none();
  for (const { files } of groups) add(removed, files);
  return { removed, added: { count: groups.length, sizeBytes: removed.sizeBytes } };
}

function none(): { count: number; sizeBytes: number } {
  return { count: 0, sizeBytes: 0 };
}

function add(sum: { count: number; sizeBytes: number }, files: readonly DataFile[]): void {
  sum.count += files.length;
  for (const { sizeBytes } of files) sum.sizeBytes += sizeBytes;
}
