import type { ReadableTable, TsRange } from "../lake/lake.ts";
import type { FileToRead, ReadPlan } from "../lake/plan-read.ts";
import { dayOf } from "../lake/spec/instant.ts";

/** A plan of which most files need not be opened to be counted. */
export interface CountPlan {
  /** Rows by day of UTC, in days since 1970. */
  readonly counts: ReadonlyMap<number, number>;
  /** What must be read to be counted. */
  readonly rest: ReadPlan;
}

/**
 * Counts the rows of files by their manifests, which say of each file how many rows it has, and of which day they are. Pure.
 *
 * Not so a file that spans an end of the range or whose bounds are not of its day, nor any of a table with rows that another
 * engine deleted: those are left to be read.
 */
export function planCounts(plan: ReadPlan, { fromUs = -Infinity, toUs = Infinity }: TsRange): CountPlan {
  const isInside = ({ tsMinUs = -Infinity, tsMaxUs = Infinity }: FileToRead): boolean =>
    tsMinUs >= fromUs && tsMaxUs <= toUs;
  const isOf = (day: number, { tsMinUs, tsMaxUs }: FileToRead): boolean =>
    [tsMinUs, tsMaxUs].every((us) => us === undefined || dayOf(us) === day);
  const counts = new Map<number, number>();
  const files: FileToRead[] = [];
  for (const file of plan.files) {
    const { day } = file;
    if (day !== undefined && plan.deletes.length === 0 && isInside(file) && isOf(day, file)) {
      counts.set(day, (counts.get(day) ?? 0) + file.rowCount);
    } else files.push(file);
  }
  return { counts, rest: { files, deletes: plan.deletes } };
}

/** True where the table has a `ts` whose days are those of its partitions. */
export function canBeCounted({ columns }: ReadableTable): boolean {
  return columns.some(({ name, type }) => name === "ts" && type === "timestamptz");
}
