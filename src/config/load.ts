import { readdir } from "node:fs/promises";
import { resolve } from "node:path";

import { DuolakeError, errorText, systemCode } from "../core/errors.ts";
import { compareCodePoints } from "../core/json.ts";
import type { Config, LogSource } from "./config.ts";
import type { EcsFields } from "./ecs-fields.ts";
import { isMatanoDirectory } from "./find-dir.ts";
import { listFolder } from "./list-folder.ts";
import { loadLogSource } from "./load-log-source.ts";
import type { LoadedSource } from "./load-log-source.ts";
import { loadMatanoConfig } from "./load-matano-config.ts";
import type { KnownTable, LoadContext } from "./load-tables.ts";
import { configInvalid, problemLine, sortProblems } from "./problem.ts";
import type { Findings } from "./problem.ts";

const SOURCES_FOLDER = "log_sources";

/**
 * Reads, merges and checks a Matano directory.
 *
 * Every problem of every file is reported at once: `config_invalid`, a line each, sorted by place
 * (`configProblems` gives them as data). `config_not_found` where there is no such directory.
 *
 * @param dir the directory; relative paths count from the working directory
 * @param options.tables the registry: the order of tables in the result is its order
 */
export async function loadConfig(
  dir: string,
  options: { readonly tables: readonly KnownTable[]; readonly ecs: EcsFields },
): Promise<Config> {
  const root = resolve(dir);
  const names = await rootNames(root);
  const findings: Findings = { problems: [], warnings: [] };
  const context: LoadContext = { dir: root, findings, ...options };
  const sections = await loadMatanoConfig(root, { names, findings });
  const logSources = await loadLogSources(context);
  if (findings.problems.length > 0) throw configInvalid(root, findings.problems);
  return {
    dir: root,
    ...sections,
    logSources: logSources.toSorted((a, b) => compareCodePoints(a.name, b.name)),
    warnings: sortProblems(findings.warnings).map(problemLine),
  };
}

async function rootNames(root: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(root);
  } catch (error) {
    const code = systemCode(error);
    const reasons: Record<string, string> = { ENOENT: "it does not exist", ENOTDIR: "it is a file" };
    throw notFound(root, reasons[code ?? ""] ?? code ?? errorText(error));
  }
  if (isMatanoDirectory(names)) return names;
  throw notFound(root, "it has neither matano.config.yml nor log_sources/");
}

function notFound(root: string, reason: string): DuolakeError {
  const message = `Cannot read the Matano directory ${root}: ${reason}; \`duolake init DIR\` makes one`;
  return new DuolakeError("config_not_found", message);
}

async function loadLogSources(context: LoadContext): Promise<readonly LogSource[]> {
  const { dir, findings } = context;
  const listing = await listFolder(dir, SOURCES_FOLDER, findings.problems);
  for (const name of (listing?.files ?? []).filter((file) => /\.ya?ml$/i.test(file))) {
    const message = `the file is not read: a log source is a folder with a log_source.yml`;
    findings.warnings.push({ file: `${SOURCES_FOLDER}/${name}`, line: 1, column: 1, message });
  }
  const loaded: LoadedSource[] = [];
  for (const folder of listing?.folders ?? []) {
    const source = await loadLogSource(context, `${SOURCES_FOLDER}/${folder}`);
    if (source !== undefined) loaded.push(source);
  }
  reportSameNames(loaded, findings);
  if (loaded.length === 0) {
    const message = "there is no Duo log source: nothing is pulled";
    findings.warnings.push({ file: SOURCES_FOLDER, line: 1, column: 1, message });
  }
  return loaded.flatMap(({ source }) => source ?? []);
}

function reportSameNames(loaded: readonly LoadedSource[], findings: Findings): void {
  const files = new Map<string, string>();
  for (const { yaml, name } of loaded) {
    if (name === undefined) continue;
    const first = files.get(name);
    if (first === undefined) files.set(name, yaml.file);
    else {
      const message = `the name ${name} is already taken by ${first}`;
      findings.problems.push({ file: yaml.file, ...yaml.valueAt(["name"]), message });
    }
  }
}
