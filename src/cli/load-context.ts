import type { Config } from "../config/config.ts";
import { findDir } from "../config/find-dir.ts";
import { loadConfig } from "../config/load.ts";
import { LOG_TABLES } from "../duo/tables/index.ts";
import { ecsNames, ecsType } from "../ecs/fields.ts";
import type { Io } from "./io.ts";

/** Options that every command on a Matano directory has. */
export interface CommonOptions {
  readonly dir?: string;
  readonly json?: boolean;
}

/**
 * Finds and loads the Matano directory; its warnings go to standard error.
 *
 * @throws config_not_found, config_invalid
 */
export async function loadContext(options: CommonOptions, io: Io): Promise<Config> {
  const dir = await findDir({ cwd: io.cwd, ...(options.dir === undefined ? {} : { dir: options.dir }) });
  const config = await loadDirectory(dir);
  for (const warning of config.warnings) io.err(`duolake: warning: ${warning}\n`);
  return config;
}

/** Loads a Matano directory against this program's tables and ECS. */
export function loadDirectory(dir: string): Promise<Config> {
  return loadConfig(dir, { tables: LOG_TABLES, ecs: { lookup: ecsType, names: ecsNames } });
}
