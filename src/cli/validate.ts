import type { Config } from "../config/config.ts";
import { configInvalid, configProblems } from "../config/problem.ts";
import { EXIT_DONE, EXIT_USAGE } from "./exit-codes.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { findInLake, type LakeFindings } from "./lake-findings.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";

export interface ValidateOptions extends CommonOptions {
  /** Checks the files alone, without a look into the lake. */
  readonly offline?: boolean;
}

/** `duolake validate`: checks the Matano directory, also against the lake where there is one, and says what it means. */
export async function validate(options: ValidateOptions, io: Io): Promise<number> {
  if (options.json === true) return validateAsJson(options, io);
  const { config, notes } = await check(options, io);
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
  for (const note of notes) io.out(`  note: ${note}\n`);
  return EXIT_DONE;
}

async function validateAsJson(options: ValidateOptions, io: Io): Promise<number> {
  try {
    const { config, warnings, notes } = await check(options, io);
    const { dir, logSources } = config;
    const sources = logSources.map(({ name, tables }) => ({
      name,
      tables: tables.map((table) => table.resolvedName),
    }));
    io.out(`${JSON.stringify({ valid: true, dir, sources, problems: [], warnings, notes })}\n`);
    return EXIT_DONE;
  } catch (error) {
    const problems = configProblems(error);
    if (problems.length === 0) throw error;
    io.out(`${JSON.stringify({ valid: false, problems })}\n`);
    return EXIT_USAGE;
  }
}

/** Loads the directory and compares it with the lake; warnings go to standard error. */
async function check(
  options: ValidateOptions,
  io: Io,
): Promise<{ readonly config: Config } & Omit<LakeFindings, "problems">> {
  const config = await loadContext(options, io);
  if (options.offline === true) return { config, warnings: config.warnings, notes: [] };
  const { problems, warnings, notes } = await findInLake(config, io);
  for (const warning of warnings) io.err(`duolake: warning: ${warning}\n`);
  if (problems.length > 0) throw configInvalid(config.dir, problems);
  return { config, warnings: [...config.warnings, ...warnings], notes };
}
