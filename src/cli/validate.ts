import { configProblems } from "../config/problem.ts";
import { EXIT_DONE, EXIT_USAGE } from "./exit-codes.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";

/** `duolake validate`: checks the Matano directory and says what it means. */
export async function validate(options: CommonOptions, io: Io): Promise<number> {
  if (options.json === true) return validateAsJson(options, io);
  const config = await loadContext(options, io);
  const tables = config.logSources.flatMap((source) => source.tables);
  io.out(
    `${config.dir} is valid: ${formatCount(config.logSources.length)} log source(s), ${formatCount(tables.length)} table(s)\n`,
  );
  for (const source of config.logSources) {
    io.out(
      `  ${source.name} (${source.apiHostname}): ${source.tables.map(({ resolvedName }) => resolvedName).join(", ")}\n`,
    );
  }
  io.out(
    `  lake: ${config.lake.warehouse}, database ${config.lake.database}, catalog ${config.lake.catalog.type}\n`,
  );
  return EXIT_DONE;
}

async function validateAsJson(options: CommonOptions, io: Io): Promise<number> {
  try {
    const { dir, logSources, warnings } = await loadContext(options, io);
    const sources = logSources.map(({ name, tables }) => ({
      name,
      tables: tables.map((table) => table.resolvedName),
    }));
    io.out(`${JSON.stringify({ valid: true, dir, sources, problems: [], warnings })}\n`);
    return EXIT_DONE;
  } catch (error) {
    const problems = configProblems(error);
    if (problems.length === 0) throw error;
    io.out(`${JSON.stringify({ valid: false, problems })}\n`);
    return EXIT_USAGE;
  }
}
