import type { DataFile } from "../lake.ts";
import { dayOf } from "../spec/instant.ts";

/** Files of one day that one new file, or as many as the target size makes necessary, can stand for. */
export interface CompactionGroup {
  /** Days since 1970. */
  readonly day: number;
  readonly files: readonly DataFile[];
}

/** A file of this part of the target size is large enough to be left alone. */
const LARGE_PART = 0.75;
/** DuckDB opens the files of one statement side by side, and one commit takes them out. */
const GROUP_FILE_COUNT_MAX = 512;
/** A day that is not over is left alone up to here. */
const OPEN_DAY_FILE_COUNT_MAX = 24;
/** In a day that is not over, a file with this part of its rows is not written again. */
const OPEN_DAY_LARGE_PART = 1 / 8;

/**
 * Says which files are to become one. Pure.
 *
 * In a day that is over, all files that are small become one for each target size. In one that is not, files are left alone up to
 * 24; then all become one but those that hold an eighth of the day's rows: at most eight do, and a row is written
 * again only when the day has become eight times as large, so the work grows with the day's logarithm. Files whose day is not
 * known, or that span several (another engine's, under another partition spec), are left alone.
 *
 * @param files the live files of a table, or of its last days
 * @param options `openDay` is the first day that is not over, in days since 1970; `targetBytes` is the size that files should have
 * @returns groups of at least two files, the oldest day first; within a group the files are in the order of time
 */
export function planCompaction(
  files: readonly DataFile[],
  options: { readonly openDay: number; readonly targetBytes: number },
): readonly CompactionGroup[] {
  const { openDay, targetBytes } = options;
  const groups: CompactionGroup[] = [];
  for (const [day, ofDay] of [...byDay(files)].sort(([a], [b]) => a - b)) {
    const small = ofDay.filter(({ sizeBytes }) => sizeBytes < targetBytes * LARGE_PART);
    const chosen = day < openDay ? small : smallestOfOpenDay(ofDay, small);
    for (const group of cut(chosen, targetBytes)) groups.push({ day, files: group });
  }
  return groups;
}

function byDay(files: readonly DataFile[]): ReadonlyMap<number, DataFile[]> {
  const days = new Map<number, DataFile[]>();
  for (const file of files) {
    if (file.tsMinUs === undefined || file.tsMaxUs === undefined) continue;
    const day = dayOf(file.tsMinUs);
    if (day !== dayOf(file.tsMaxUs)) continue;
    const known = days.get(day);
    if (known === undefined) days.set(day, [file]);
    else known.push(file);
  }
  return days;
}

function smallestOfOpenDay(ofDay: readonly DataFile[], small: readonly DataFile[]): readonly DataFile[] {
  if (ofDay.length <= OPEN_DAY_FILE_COUNT_MAX) return [];
  const rowCount = ofDay.reduce((sum, file) => sum + file.rowCount, 0);
  return small.filter((file) => file.rowCount < rowCount * OPEN_DAY_LARGE_PART);
}

/** Cuts files, in the order of time, where the target size or the bound of files is reached. */
function cut(files: readonly DataFile[], targetBytes: number): readonly (readonly DataFile[])[] {
  const groups: DataFile[][] = [];
  let group: DataFile[] = [];
  let sizeBytes = 0;
  for (const file of files.toSorted((a, b) => (a.tsMinUs ?? 0) - (b.tsMinUs ?? 0))) {
    if (sizeBytes + file.sizeBytes > targetBytes || group.length === GROUP_FILE_COUNT_MAX) {
      groups.push(group);
      group = [];
      sizeBytes = 0;
    }
    group.push(file);
    sizeBytes += file.sizeBytes;
  }
  return [...groups, group].filter(({ length }) => length > 1);
}
