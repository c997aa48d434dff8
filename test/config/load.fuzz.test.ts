import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { loadConfig } from "../../src/config/load.ts";
import { configProblems, problemLine } from "../../src/config/problem.ts";
import type { ConfigProblem } from "../../src/config/problem.ts";
import { GOOD_SOURCE, testDirectory } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

const FILES = {
  "matano.config.yml": `lake:
  warehouse: ./lake # here
  database: matano
  catalog: {type: folder}
secrets: {store: local}
pull:
  interval: 5m
  look_back: "1h"
  failing_after: 20m
aws: &aws {account: "1"}
vpc: *aws
`,
  "log_sources/duo/log_source.yml": `${GOOD_SOURCE}    accounts: [DAK1L2M3N4O5P6Q7R8S9, "DA00000000000000000A"]
schema:
  ecs_field_names: [user.name, event]
  fields:
    - name: duo
      type:
        type: struct
        fields: [{name: extra, type: {type: list, element: long}}]
`,
  "log_sources/duo/tables/auth.yml": "name: auth\nmeta: {description: 'Who logged in'}\n",
};

const SNIPPETS = [
  "\t",
  "\n",
  "  ",
  ":",
  ": ",
  "- ",
  "[",
  "]",
  "{",
  "}",
  "*x",
  "&x ",
  "<<: ",
  "!!int ",
  "---\n",
  "...\n",
  "|\n",
  ">-\n",
  '"',
  "'",
  "#",
  "%YAML 1.1\n",
  "null",
  "~",
  "true",
  "0x1F",
  "1e999",
  "__proto__: ",
  "constructor: ",
  "name: ",
  "type: struct",
  "\u0000",
  "\uFEFF",
  "\u2028",
  "é",
  "😀",
  "\r",
  "? ",
  "@",
  "`",
];

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    at: fc.nat(2000),
    remove: fc.oneof(fc.constant(0), fc.nat(12)),
    insert: fc.oneof(
      fc.constantFrom(...SNIPPETS),
      fc.string({ maxLength: 5, unit: "binary" }),
      fc.constant(""),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(text: string, changes: readonly Edit[]): string {
  let result = text;
  for (const { at, remove, insert } of changes) {
    const start = at % (result.length + 1);
    result = result.slice(0, start) + insert + result.slice(start + remove);
  }
  return result;
}

/** The problems of a directory; anything but `config_invalid` with its problems is thrown on. */
async function problemsOf(dir: string): Promise<readonly ConfigProblem[]> {
  try {
    await loadConfig(dir, { tables: testTables, ecs: testEcs });
    return [];
  } catch (error) {
    const problems = configProblems(error);
    if (problems.length === 0) throw error;
    return problems;
  }
}

async function isInside(dir: string, { file, line, column }: ConfigProblem): Promise<boolean> {
  const lines = (await readFile(join(dir, file), "utf8")).split("\n");
  const text = lines[line - 1];
  return text !== undefined && column >= 1 && column <= text.length + 1;
}

test("loadConfig reports only problems with places inside the files, whatever they hold", async () => {
  await using directory = await testDirectory(FILES);
  const { dir } = directory;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(FILES)), edits, async (name, changes) => {
      const original = FILES[name as keyof typeof FILES];
      await writeFile(join(dir, name), mutate(original, changes));
      for (const problem of await problemsOf(dir)) {
        expect([problemLine(problem), await isInside(dir, problem)]).toEqual([problemLine(problem), true]);
      }
      await writeFile(join(dir, name), original);
    }),
    { numRuns: 150 },
  );
});

test("loadConfig never lets a key named __proto__ through", async () => {
  await using directory = await testDirectory({ ...FILES, "matano.config.yml": "__proto__: {lake: {}}\n" });
  await expect(loadConfig(directory.dir, { tables: testTables, ecs: testEcs })).rejects.toThrow(
    'matano.config.yml:1:1: unknown key "__proto__"',
  );
});
