import type { App } from "../app.ts";
import { DuolakeError } from "../core/errors.ts";
import { keptTables, type MaintainedTable, maintainOne } from "../maintain-all.ts";

/** Pulls and backfills have begun by then, and a program that is started again and again does nothing else. */
const START_MS = 10 * 60_000;
const INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** When the day before is over for the compaction as well (`maintain-table.ts`), and a little later. */
const DAY_BEGINS_MS = 3 * 3_600_000 + 5 * 60_000;

/**
 * Maintains every table until stopped: once a day of UTC wholly, shortly after three o'clock or when the program starts, and
 * each hour the current day where it has many files. One table at a time, beside the pulls, none of which waits for it; a
 * failure is told and tried again with the next turn.
 *
 * @param options `onMaintained` hears of each table, and how it was maintained
 */
export async function keepMaintained(
  app: App,
  options: {
    readonly signal: AbortSignal;
    readonly onMaintained: (table: MaintainedTable, scope: "all" | "open_days") => void;
  },
): Promise<void> {
  const { clock, sources } = app;
  const { signal, onMaintained } = options;
  const done = new Map<string, number>();
  try {
    await clock.sleep(START_MS, signal);
    for (;;) {
      for (const table of sources.flatMap(keptTables)) {
        const day = Math.floor((clock.nowMs() - DAY_BEGINS_MS) / DAY_MS);
        const scope = done.get(table.resolvedName) === day ? "open_days" : "all";
        const result = await maintainOne(app, table, { scope, signal });
        if (signal.aborted) return;
        if (result.error === undefined) done.set(table.resolvedName, day);
        onMaintained(result, scope);
      }
      await clock.sleep(INTERVAL_MS, signal);
    }
  } catch (error) {
    if (!(error instanceof DuolakeError) || error.code !== "stopped") throw error;
  }
}
