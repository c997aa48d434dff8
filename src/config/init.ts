import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { DuolakeError, errorText, systemCode } from "../core/errors.ts";
import { checkValue } from "./check-value.ts";
import { closestName } from "./closest-name.ts";
import { logSourceDefinition } from "./definitions/log-source-definition.ts";
import { initialFiles } from "./initial-files.ts";
import type { InitialFile } from "./initial-files.ts";
import type { ConfigProblem } from "./problem.ts";
import { parseYaml } from "./read-yaml-file.ts";

/** What a new Matano directory is made of. */
export interface InitOptions {
  readonly apiHostname: string;
  readonly integrationKey: string;
  /** Short names: `auth`. */
  readonly tables: readonly string[];
  /** The names of the registry. */
  readonly knownTables: readonly string[];
  /** `duo` when not given. */
  readonly sourceName?: string;
}

/**
 * Writes a new Matano directory: `matano.config.yml`, one log source with its tables, and a `.gitignore`.
 *
 * Everything is checked first, as `loadConfig` would check it. No file is ever overwritten: where one of them
 * exists, nothing at all is written. The secret is no part of it.
 *
 * @returns the files written, relative to `dir`, with `/`
 * @throws `usage_invalid` naming every wrong value, or every file that exists already
 */
export async function initDirectory(dir: string, options: InitOptions): Promise<readonly string[]> {
  const root = resolve(dir);
  const files = initialFiles({ sourceName: "duo", ...options });
  const problems = [...valueProblems(files), ...tableProblems(options)];
  if (problems.length > 0) throw refused(root, problems.join("; "));
  const existing = await existingFiles(root, files);
  if (existing.length > 0) throw refused(root, `${existing.join(", ")} already there, nothing was written`);
  await writeAll(root, files);
  return files.map((file) => file.path);
}

function refused(root: string, reason: string): DuolakeError {
  return new DuolakeError("usage_invalid", `Cannot write a Matano directory to ${root}: ${reason}`);
}

function valueProblems(files: readonly InitialFile[]): readonly string[] {
  const problems: ConfigProblem[] = [];
  for (const { path, content } of files.filter((file) => file.path.endsWith("/log_source.yml"))) {
    const yaml = parseYaml(path, content, problems);
    if (yaml !== undefined) checkValue(yaml, logSourceDefinition, problems);
  }
  return problems.map((problem) => problem.message);
}

function tableProblems({ tables, knownTables }: InitOptions): readonly string[] {
  if (tables.length === 0) return ["tables must name at least one table"];
  return tables.flatMap((table, i) => {
    if (tables.indexOf(table) !== i) return [`the table ${table} is named twice`];
    if (knownTables.includes(table)) return [];
    const meant = closestName(table, knownTables);
    const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
    return [`there is no Duo table ${JSON.stringify(table)}${hint} (known: ${knownTables.join(", ")})`];
  });
}

async function existingFiles(root: string, files: readonly InitialFile[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { path } of files) {
    try {
      await stat(join(root, path));
      found.push(path);
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw refused(root, systemCode(error) ?? errorText(error));
    }
  }
  return found;
}

/** Takes back what it wrote when one of the files cannot be written. */
async function writeAll(root: string, files: readonly InitialFile[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const { path, content } of files) {
      const target = join(root, path);
      await mkdir(dirname(target), { recursive: true });
      // "wx" also refuses a file that appeared since the look before.
      await writeFile(target, content, { flag: "wx" });
      written.push(target);
    }
  } catch (error) {
    for (const target of written.toReversed()) await rm(target, { force: true });
    throw refused(root, systemCode(error) ?? errorText(error));
  }
}
