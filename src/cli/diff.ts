import { createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { diffLake, type TableDifference } from "../diff-lake.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { differenceJson, printDifferences } from "./print-differences.ts";

/**
 * `duolake diff`: what the directory would do to the lake; nothing is written. Exit code 0 without changes, 2 with some, 1 where a
 * table or the lake cannot be read.
 */
export async function diff(options: CommonOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  await using app = await createApp({ config, clock: systemClock, env: io.env });
  const differences = await diffLake(app);
  const isChanged = differences.some(({ change }) => CHANGES.has(change));
  if (options.json === true) {
    io.out(`${JSON.stringify({ changes: isChanged, tables: differences.map(differenceJson) })}\n`);
  } else {
    if (!isChanged) io.out("No changes: the lake has all that the directory asks for.\n");
    printDifferences(differences, io);
  }
  if (differences.some(({ error }) => error !== undefined)) return EXIT_NOTHING_DONE;
  return isChanged ? EXIT_USAGE : EXIT_DONE;
}

const CHANGES: ReadonlySet<TableDifference["change"]> = new Set(["create", "change", "refuse"] as const);
