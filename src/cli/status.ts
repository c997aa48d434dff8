import { systemClock } from "../core/clock.ts";
import { openLake } from "../lake/open-lake.ts";
import { journalName } from "../pull-all.ts";
import { openJournal } from "../status/journal.ts";
import { readStatus } from "../status/status.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { printStatus } from "./print-status.ts";
import { statusJson } from "./status-json.ts";

/** `duolake status`: how far each table is, what it holds, what went wrong last, what goes on behind the pulls. */
export async function status(options: CommonOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const lake = await openLake({ ...config.lake, clock: systemClock });
  const nowMs = systemClock.nowMs();
  const journal = openJournal(config.dir);
  const tables = await readStatus({ config, lake, journal, nowMs, journalName });
  if (options.json === true)
    io.out(`${JSON.stringify({ tables: tables.map((table) => statusJson(table, nowMs)) })}\n`);
  else printStatus(tables, nowMs, io);
  return EXIT_DONE;
}
