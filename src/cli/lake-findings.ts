import { createApp } from "../app.ts";
import { columnPlace } from "../config/column-place.ts";
import type { Config } from "../config/config.ts";
import type { ConfigProblem } from "../config/problem.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { diffLake, type TableDifference } from "../diff-lake.ts";
import type { Io } from "./io.ts";

/** What the lake has to say to a directory that is right in itself. */
export interface LakeFindings {
  /** Columns that the tables there are cannot get. */
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
  /** What stays in the lake although the directory does not name it any more. */
  readonly notes: readonly string[];
}

const LISTED_COUNT_MAX = 8;

/** Compares the directory with the lake; a lake that cannot be reached is a warning. Writes nothing, and Duo is not asked. */
export async function findInLake(config: Config, io: Io): Promise<LakeFindings> {
  try {
    await using app = await createApp({ config, clock: systemClock, env: io.env });
    const differences = await diffLake(app);
    return {
      problems: differences.flatMap((difference) => problemsOf(config, difference)),
      warnings: differences.flatMap(({ error }) => (error === undefined ? [] : [unchecked(error.message)])),
      notes: differences.flatMap(notesOf),
    };
  } catch (error) {
    if (!(error instanceof DuolakeError)) throw error;
    return { problems: [], warnings: [unchecked(error.message)], notes: [] };
  }
}

function unchecked(message: string): string {
  return `not compared with the lake: ${message}`;
}

function problemsOf(config: Config, { source, table, resolvedName, plan }: TableDifference): ConfigProblem[] {
  const tables = config.logSources.find(({ name }) => name === source)?.tables ?? [];
  const own = tables.find(({ name }) => name === table);
  if (own === undefined || plan === undefined) return [];
  return plan.conflicts.map(({ path, reason }) => ({
    ...columnPlace(own, path),
    message: `${path} cannot be stored in the table ${resolvedName}: ${reason}`,
  }));
}

function notesOf({ resolvedName, change, plan }: TableDifference): string[] {
  if (change === "unconfigured") {
    return [`${resolvedName} is not configured any more: it stays in the lake as it is`];
  }
  const { unwanted = [], renames = [] } = plan ?? {};
  const paths = unwanted.map(({ path }) => path);
  const more = paths.length > LISTED_COUNT_MAX ? `, … (${paths.length} in all; see \`duolake diff\`)` : "";
  return [
    ...(paths.length === 0
      ? []
      : [
          `${resolvedName} has columns that are not configured any more; they stay, null in new rows: ${paths.slice(0, LISTED_COUNT_MAX).join(", ")}${more}`,
        ]),
    ...renames.map(
      ({ from, to }) =>
        `${resolvedName}: ${to} looks like a new name of ${from}, but names of columns stay: rows of before keep their values in ${from} and have null in ${to}`,
    ),
  ];
}
