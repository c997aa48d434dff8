import { readdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { DuolakeError } from "../core/errors.ts";

/** What makes a folder a Matano directory; one of them is enough. */
const MARKS: ReadonlySet<string> = new Set(["matano.config.yml", "matano.config.yaml", "log_sources"]);

/** True when the names in a folder are those of a Matano directory. */
export function isMatanoDirectory(names: readonly string[]): boolean {
  return names.some((name) => MARKS.has(name));
}

/**
 * Finds the Matano directory to work on: `dir` when it is given, else the nearest of `cwd` and its parents that
 * has `matano.config.yml` or `log_sources/`.
 *
 * @returns an absolute path
 * @throws `config_not_found`, saying where was looked
 */
export async function findDir(options: { readonly dir?: string; readonly cwd: string }): Promise<string> {
  const start = resolve(options.cwd);
  if (options.dir !== undefined) return resolve(start, options.dir);
  for (let dir = start; ; dir = dirname(dir)) {
    if (isMatanoDirectory(await readdir(dir).catch(() => []))) return dir;
    if (dir === dirname(dir)) throw notFound(start);
  }
}

function notFound(start: string): DuolakeError {
  return new DuolakeError(
    "config_not_found",
    `Cannot find a Matano directory: neither ${start} nor a folder above it has matano.config.yml or log_sources/; ` +
      "name one with --dir, or make one with `duolake init DIR`",
  );
}
