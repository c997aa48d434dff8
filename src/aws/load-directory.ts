import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { LOG_TABLES } from "../duo/tables/index.ts";
import { ecsNames, ecsType } from "../ecs/fields.ts";

/** Loads a Matano directory against this program's tables and ECS. @throws config_invalid */
export function loadDirectory(dir: string): Promise<Config> {
  return loadConfig(dir, { tables: LOG_TABLES, ecs: { lookup: ecsType, names: ecsNames } });
}
