// Writes the generated documentation; with --check writes nothing and fails where a file is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { jsonSchemas } from "../src/config/json-schemas.ts";
import { errorsProblems } from "./docs/errors.ts";
import type { GeneratedFile } from "./docs/generated-file.ts";
import { tableDocs } from "./docs/table-docs.ts";

const ROOT = new URL("..", import.meta.url);

/** Each gives files of the documentation, whole. */
const GENERATORS: readonly (() => readonly GeneratedFile[])[] = [tableDocs, jsonSchemas];

/** Each reads hand-written documentation and gives what is wrong with it, a line each. */
const CHECKS: readonly (() => readonly string[])[] = [() => errorsProblems(read("docs/errors.md"))];

function read(path: string): string {
  try {
    return readFileSync(new URL(path, ROOT), "utf8");
  } catch {
    return "";
  }
}

function main(isCheck: boolean): readonly string[] {
  const problems = CHECKS.flatMap((check) => check());
  for (const { path, content } of GENERATORS.flatMap((generate) => generate())) {
    if (read(path) === content) continue;
    if (isCheck) problems.push(`${path}: stale; run npm run docs`);
    else writeFileSync(fileURLToPath(new URL(path, ROOT)), content);
  }
  return problems;
}

const problems = main(process.argv.includes("--check"));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
