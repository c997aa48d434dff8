import { chmod } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { loadConfig } from "../../src/config/load.ts";
import { configProblems, problemLine } from "../../src/config/problem.ts";
import { DuolakeError } from "../../src/core/errors.ts";
import { GOOD_SOURCE, testDirectory } from "./support/directory.ts";
import { CONFIG_CASES, YAML_CASES } from "./support/file-problem-cases.ts";
import { SCHEMA_CASES } from "./support/schema-problem-cases.ts";
import { SOURCE_CASES, TABLE_CASES } from "./support/source-problem-cases.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

const PROBLEM_CASES = [...YAML_CASES, ...CONFIG_CASES, ...SOURCE_CASES, ...TABLE_CASES, ...SCHEMA_CASES];

const options = { tables: testTables, ecs: testEcs };

async function errorOf(dir: string): Promise<DuolakeError> {
  const error: unknown = await loadConfig(dir, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DuolakeError) return error;
  throw new Error("no DuolakeError was thrown", { cause: error });
}

test.each(PROBLEM_CASES)("loadConfig reports $what", async ({ files, lines }) => {
  await using directory = await testDirectory(files);
  const error = await errorOf(directory.dir);
  expect(error.code).toBe("config_invalid");
  expect(configProblems(error).map(problemLine)).toEqual(lines);
  const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
  expect(error.message).toBe(
    [`Cannot use the Matano directory ${directory.dir}: ${count}`, ...lines].join("\n"),
  );
});

test("loadConfig reports the problems of all files at once", async () => {
  await using directory = await testDirectory({
    "matano.config.yml": "pul: {}\n",
    "log_sources/a/log_source.yml": "name: [\n",
    "log_sources/b/log_source.yml": GOOD_SOURCE.replace("DUO", "DOU"),
    "log_sources/b/tables/auth.yml": "nam: auth\n",
    "log_sources/b/tables/sumary.yml": "",
  });
  const error = await errorOf(directory.dir);
  expect(configProblems(error).map((problem) => problem.file)).toEqual([
    "log_sources/a/log_source.yml",
    "log_sources/b/log_source.yml",
    "log_sources/b/tables/auth.yml",
    "log_sources/b/tables/sumary.yml",
    "matano.config.yml",
  ]);
});

test("loadConfig reports a file that may not be read", async () => {
  await using directory = await testDirectory({ "matano.config.yml": "lake: {}\n" });
  await chmod(join(directory.dir, "matano.config.yml"), 0);
  // The superuser may read everything.
  if (process.getuid?.() === 0) return;
  const error = await errorOf(directory.dir);
  expect(error.message).toContain("matano.config.yml:1:1: the file cannot be read: permission denied");
});

test("loadConfig says config_not_found where there is no Matano directory", async () => {
  await using directory = await testDirectory({ "readme.txt": "" });
  for (const dir of [directory.dir, join(directory.dir, "nowhere"), join(directory.dir, "readme.txt")]) {
    const error = await errorOf(dir);
    expect(error.code).toBe("config_not_found");
    expect(error.message).toContain("duolake init");
    expect(configProblems(error)).toEqual([]);
  }
});

test("configProblems gives nothing for other errors", () => {
  expect(configProblems(new Error("x"))).toEqual([]);
  expect(configProblems(new DuolakeError("config_invalid", "x"))).toEqual([]);
  expect(configProblems(undefined)).toEqual([]);
});
