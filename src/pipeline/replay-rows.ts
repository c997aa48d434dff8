import { DuolakeError } from "../core/errors.ts";
import { hasColumn } from "../core/has-column.ts";
import { countChangedRows } from "../lake/count-changed-rows.ts";
import type { DataFile, LakeTable, StagedFile } from "../lake/lake.ts";
import { type ColumnCell, readColumns } from "../lake/read-columns.ts";
import { mapStored, type StoredEvent } from "./map-stored.ts";
import type { TableContext } from "./table-context.ts";

/** What mapping the stored events of a table again came to. */
export interface RowsReplay {
  /** Rows that were mapped again. */
  readonly rowCount: number;
  /** Rows that are other than before. */
  readonly changedCount: number;
  /** Rows in files that were left as they are, because one of their events cannot be mapped now. */
  readonly keptCount: number;
  readonly reasons: ReadonlyMap<string, number>;
}

export interface ReplayOptions {
  /** Bounds of `ts`, ms since 1970; whole files are mapped again that hold a row of the range. */
  readonly sinceMs?: number | undefined;
  /** Counts and changes nothing. */
  readonly isDryRun?: boolean | undefined;
  readonly onRows?: ((rowCount: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files of so many rows are replaced in one commit. */
const GROUP_ROW_COUNT = 50_000;
const GROUP_FILE_COUNT_MAX = 64;
const LOST_RACE_COUNT_MAX = 8;

/**
 * Maps every stored event of a table again and replaces the files whose rows come out other than before. An event stays one row
 * with the identity it has; pulls go on meanwhile.
 *
 * @throws lake_*, stopped; what was replaced before stays replaced
 */
export async function replayRows(context: TableContext, options: ReplayOptions): Promise<RowsReplay> {
  const total = { rowCount: 0, changedCount: 0, keptCount: 0, reasons: new Map<string, number>() };
  const done = new Set<string>();
  let lostRaces = 0;
  let table = await openTable(context, options);
  while (table !== undefined) {
    const group = await nextGroup(table, { done, sinceMs: options.sinceMs });
    if (group.length === 0) break;
    try {
      const replay = await replayGroup(context, table, { group, options });
      for (const file of [...group, ...replay.staged]) done.add(file.path);
      lostRaces = 0;
      total.rowCount += replay.rowCount;
      total.changedCount += replay.changedCount;
      total.keptCount += replay.keptCount;
      for (const [reason, count] of replay.reasons) {
        total.reasons.set(reason, (total.reasons.get(reason) ?? 0) + count);
      }
      options.onRows?.(replay.rowCount);
      ({ table } = replay);
    } catch (error) {
      // Somebody merged the files meanwhile: their rows are in others now, which come up in the next round.
      const isMoved = error instanceof DuolakeError && error.code === "files_moved";
      lostRaces += 1;
      if (!isMoved || lostRaces > LOST_RACE_COUNT_MAX) throw error;
      table = await table.reload();
    }
  }
  return total;
}

/** The mended mapping may fill columns that the table has not got yet. */
async function openTable(
  { lake, resolvedName, columns }: TableContext,
  { isDryRun = false }: ReplayOptions,
): Promise<LakeTable | undefined> {
  const table = await lake.load(resolvedName);
  return table === undefined || isDryRun ? table : lake.evolve(table, columns);
}

async function nextGroup(
  table: LakeTable,
  { done, sinceMs }: { readonly done: ReadonlySet<string>; readonly sinceMs: number | undefined },
): Promise<DataFile[]> {
  const files = await table.files(sinceMs === undefined ? {} : { fromUs: sinceMs * 1000 });
  const group: DataFile[] = [];
  let rowCount = 0;
  for (const file of files.filter(({ path }) => !done.has(path))) {
    if (group.length > 0 && rowCount + file.rowCount > GROUP_ROW_COUNT) continue;
    group.push(file);
    rowCount += file.rowCount;
    if (group.length === GROUP_FILE_COUNT_MAX) break;
  }
  return group;
}

interface GroupReplay extends RowsReplay {
  readonly table: LakeTable;
  readonly staged: readonly StagedFile[];
}

async function replayGroup(
  context: TableContext,
  table: LakeTable,
  { group, options }: { readonly group: readonly DataFile[]; readonly options: ReplayOptions },
): Promise<GroupReplay> {
  const { signal, isDryRun = false } = options;
  const reasons = new Map<string, number>();
  const writer = table.writer();
  let rowCount = 0;
  try {
    for await (const rows of readColumns(table, { paths: pathsOf(table), files: group, signal })) {
      for (const cells of rows) {
        rowCount += 1;
        const event = storedEvent(cells);
        const mapped = event === undefined ? NOT_OURS : mapStored(context.table, event);
        if ("row" in mapped) writer.add(mapped.row);
        else reasons.set(mapped.reason, (reasons.get(mapped.reason) ?? 0) + 1);
      }
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const { files, refused } = await writer.finish(signal);
  for (const { reason } of refused) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const unchanged = { table, staged: [], rowCount, changedCount: 0, keptCount: 0, reasons };
  if (reasons.size > 0) {
    await table.discard(files);
    // One event that cannot be mapped must not keep the rest of its group from being mended.
    if (group.length > 1) return replayEach(context, table, { group, options });
    return { ...unchanged, keptCount: rowCount };
  }
  const changedCount = await countChangedRows(table, { before: group, after: files }, signal);
  if (changedCount === 0 || isDryRun) {
    await table.discard(files);
    return { ...unchanged, changedCount };
  }
  try {
    const change = { files, removed: group, operation: "overwrite", setProperties: {} } as const;
    return { ...unchanged, changedCount, staged: files, table: await table.commit(change, signal) };
  } catch (error) {
    await table.discard(files);
    throw error;
  }
}

async function replayEach(
  context: TableContext,
  table: LakeTable,
  { group, options }: { readonly group: readonly DataFile[]; readonly options: ReplayOptions },
): Promise<GroupReplay> {
  const sum = { rowCount: 0, changedCount: 0, keptCount: 0 };
  const reasons = new Map<string, number>();
  const staged: StagedFile[] = [];
  let current = table;
  for (const file of group) {
    const one = await replayGroup(context, current, { group: [file], options });
    sum.rowCount += one.rowCount;
    sum.changedCount += one.changedCount;
    sum.keptCount += one.keptCount;
    for (const [reason, count] of one.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    staged.push(...one.staged);
    current = one.table;
  }
  return { ...sum, reasons, staged, table: current };
}

function pathsOf({ columns }: LakeTable): (readonly string[])[] {
  const event = [
    ["event", "original"],
    ["event", "hash"],
    ["event", "created"],
  ];
  return hasColumn(columns, ["cloud", "account", "name"])
    ? [...event, ["cloud", "account", "id"], ["cloud", "account", "name"]]
    : event;
}

/** A row that somebody else wrote into the table. */
const NOT_OURS = { reason: "no event.original, event.hash or event.created" } as const;

function storedEvent(cells: readonly ColumnCell[]): StoredEvent | undefined {
  const [original, hash, created, id, name] = cells;
  if (typeof original !== "string" || typeof hash !== "string" || typeof created !== "number")
    return undefined;
  return {
    original,
    hash,
    createdUs: created,
    account: typeof id === "string" ? { id, name: typeof name === "string" ? name : undefined } : undefined,
  };
}
