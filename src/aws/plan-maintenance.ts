import type { KeptTable } from "../maintain-all.ts";
import type { Maintained } from "./maintained.ts";

/** A table that is to be maintained now. */
export interface DueTable {
  readonly table: KeptTable;
  readonly scope: "all" | "open_days";
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** When the day before is over for the compaction as well (`maintain-table.ts`), and a little later. */
const DAY_BEGINS_MS = 3 * HOUR_MS + 5 * 60_000;
/** The rule comes every six hours, or more often where there are too many tables for one run. */
const LOOK_AGE_MS_MIN = 5 * HOUR_MS;

/**
 * Says which tables are due, in the order in which they are to be maintained; pure. Once a day of UTC, from shortly after three o'clock
 * on, each table as a whole, the one that has waited longest first; then those whose open days nobody has looked at for hours. A table whose
 * turn was not seen to end waits for those that have waited longer than since then: it may have taken the function down with it.
 */
export function planMaintenance(
  tables: readonly KeptTable[],
  maintained: Maintained,
  nowMs: number,
): readonly DueTable[] {
  const wholeMs = ({ resolvedName }: KeptTable): number => maintained.get(resolvedName)?.wholeMs ?? -Infinity;
  const lookedMs = ({ resolvedName }: KeptTable): number =>
    maintained.get(resolvedName)?.lookedMs ?? -Infinity;
  const begunMs = ({ resolvedName }: KeptTable): number => maintained.get(resolvedName)?.begunMs ?? -Infinity;
  const whole = tables.filter((table) => isDueWhole(wholeMs(table), nowMs));
  const others = new Set(whole);
  // A time that lies ahead was written by a wrong clock.
  const isDueOpen = (table: KeptTable): boolean => Math.abs(nowMs - lookedMs(table)) >= LOOK_AGE_MS_MIN;
  const open = tables.filter((table) => !others.has(table) && isDueOpen(table));
  const byTurn =
    (lastMs: (table: KeptTable) => number) =>
    (a: KeptTable, b: KeptTable): number =>
      order(Math.max(lastMs(a), begunMs(a)), Math.max(lastMs(b), begunMs(b)));
  return [
    ...whole.toSorted(byTurn(wholeMs)).map((table) => ({ table, scope: "all" as const })),
    ...open.toSorted(byTurn(lookedMs)).map((table) => ({ table, scope: "open_days" as const })),
  ];
}

/** A difference would be no number for two that never had their turn. */
function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isDueWhole(lastMs: number, nowMs: number): boolean {
  const day = (ms: number): number => Math.floor((ms - DAY_BEGINS_MS) / DAY_MS);
  return !Number.isFinite(lastMs) || day(lastMs) < day(nowMs);
}
