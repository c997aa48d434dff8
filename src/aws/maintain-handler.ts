import type { Logger } from "pino";
import type { App } from "../app.ts";
import { type KeptTable, type MaintainedTable, maintainOne } from "../maintain-all.ts";
import type { StatusStore } from "../status/status-objects.ts";
import type { Deadline } from "./deadline.ts";
import { readMaintained, writeMaintained } from "./maintained.ts";
import { metricLine } from "./metric-line.ts";
import { planMaintenance } from "./plan-maintenance.ts";
import type { LambdaContext } from "./pull-handler.ts";

/** A program, and the tables that its deployment may have. */
export interface MaintainerApp extends Pick<App, "lake" | "clock">, AsyncDisposable {
  readonly tables: readonly KeptTable[];
}

export interface MaintainHandlerOptions {
  /** Puts the program together for one invocation, and says what may be there to be maintained. */
  readonly open: () => Promise<MaintainerApp>;
  readonly store: StatusStore;
  /** Where it stands when each table was maintained last. */
  readonly statusPath: string;
  readonly label: string;
  readonly nowMs: () => number;
  readonly logger: Pick<Logger, "info" | "error">;
  /** Takes lines of metrics. */
  readonly write: (line: string) => void;
  readonly startDeadline: (delayMs: number) => Deadline;
}

/** Whatever is under way is given up from here on; what was committed stays. */
const REMAINING_MS_MIN = 60_000;
/** So much of what was done is forgotten at most where a table ends the function; the next time it is the first, and noted. */
const NOTE_INTERVAL_MS = 10_000;
/** Of a table that never had its turn. */
const NEVER_MS = 0;

/**
 * Makes the handler of the rule for maintenance: maintains table after table, in the order of `plan-maintenance.ts`, until the
 * time is over. The next invocation goes on. A failing table does not stop the others (P4).
 *
 * @returns throws where the program cannot be put together, or where every table that it came to failed
 */
export function maintainHandler(options: MaintainHandlerOptions): (context: LambdaContext) => Promise<void> {
  const { store, statusPath, nowMs, logger } = options;
  return async (context) => {
    using deadline = options.startDeadline(context.getRemainingTimeInMillis() - REMAINING_MS_MIN);
    const { signal } = deadline;
    await using app = await options.open();
    const maintained = await readMaintained(store, statusPath);
    const results: MaintainedTable[] = [];
    const due = planMaintenance(app.tables, maintained, nowMs());
    let notedMs = -Infinity;
    for (const { table, scope } of due) {
      if (signal.aborted) break;
      const startMs = nowMs();
      const before = maintained.get(table.resolvedName);
      maintained.set(table.resolvedName, {
        wholeMs: NEVER_MS,
        lookedMs: NEVER_MS,
        ...before,
        begunMs: startMs,
      });
      if (startMs - notedMs >= NOTE_INTERVAL_MS) {
        await writeMaintained(store, statusPath, maintained);
        notedMs = startMs;
      }
      const result = await maintainOne(app, table, { scope, signal });
      if (signal.aborted && result.error?.code === "stopped") {
        // What was stopped is the first of the next invocation.
        if (before === undefined) maintained.delete(table.resolvedName);
        else maintained.set(table.resolvedName, before);
        break;
      }
      results.push(result);
      tell(logger, result);
      // A table that fails must not keep the others waiting for ever: it has had its turn.
      const wholeMs = scope === "all" ? startMs : before?.wholeMs;
      maintained.set(table.resolvedName, { wholeMs: wholeMs ?? startMs, lookedMs: startMs });
    }
    await writeMaintained(store, statusPath, maintained);
    const counts = { tables: app.tables.length, due: due.length, maintained: results.length };
    logger.info(counts, "maintenance ended");
    finish(options, results);
  };
}

function tell(logger: MaintainHandlerOptions["logger"], result: MaintainedTable): void {
  const { source, table, durationMs, error, maintenance, skipped } = result;
  const about = { source, table, duration_ms: durationMs };
  if (error !== undefined)
    logger.error({ ...about, code: error.code, reason: error.message }, "maintenance failed");
  else if (skipped === undefined)
    logger.info({ ...about, compacted_files: maintenance?.compactedFileCount }, "maintained");
}

/** The alarm for maintenance watches the function's errors: one bad table is told in the logs, all bad ones are an alarm. */
function finish({ label, nowMs, write }: MaintainHandlerOptions, results: readonly MaintainedTable[]): void {
  // Most deployments have no dead letters: a table that is not there is no success.
  const there = results.filter(({ skipped }) => skipped === undefined);
  const failed = there.filter(({ error }) => error !== undefined);
  if (failed.length < there.length || there.length === 0) {
    write(metricLine({ label, nowMs: nowMs(), counts: { MaintainSuccess: 1 } }));
    return;
  }
  throw new Error(`Cannot maintain any of ${there.length} tables: ${failed[0]?.error?.message ?? ""}`);
}
