import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const SPEC = readFileSync(new URL("docs/spec/pull.md", ROOT), "utf8");

/** One line of "Invariant to tests". */
interface Tie {
  readonly rule: string;
  readonly name: string;
  readonly file: string;
}

const TIES: readonly Tie[] = cellsOf("Invariant to tests").flatMap(([rule = "", name = "", file = ""]) =>
  file.startsWith("`test/") ? [{ rule, name, file: file.replaceAll("`", "") }] : [],
);

test("every test that docs/spec/pull.md names is there", () => {
  expect(TIES.length).toBeGreaterThan(60);
  expect(TIES.filter(({ file, name }) => !hasTest(file, name))).toEqual([]);
});

test("every invariant and every rule of docs/spec/pull.md has a test, and no test a rule that is not there", () => {
  const invariants = [...SPEC.matchAll(/^### (P\d):/gm)].map(([, id]) => id as string);
  const rules = section("Rules").matchAll(/^### (.+)$/gm);
  const named = [...rules].map(([, title]) => (title as string).toLowerCase());
  const tied = new Set(TIES.map(({ rule }) => rule));
  expect([...invariants, ...named].filter((rule) => !tied.has(rule))).toEqual([]);
  // Rules that are a paragraph of another one.
  const parts = ["v1 gap", "wait", "cursor"];
  expect([...tied].filter((rule) => ![...invariants, ...named, ...parts].includes(rule))).toEqual([]);
});

test("docs/spec/pull.md says the same from the tests' side", () => {
  const back = cellsOf("Tests to invariants").flatMap(([file = "", rules = ""]) =>
    file.startsWith("`test/") ? rules.split(", ").map((rule) => `${file.replaceAll("`", "")} ${rule}`) : [],
  );
  const forth = new Set(TIES.map(({ file, rule }) => `${file} ${rule}`));
  expect(new Set(back)).toEqual(forth);
});

test("every test of faults and kills is tied to an invariant or a rule", () => {
  const files = [
    ...testsIn("test/faults/", /^pull\.(crash|faults|kill|schedules)/),
    ...testsIn("test/pipeline/", /^pull\.(clock|full)|\.faults/),
  ];
  const tied = new Set(TIES.map(({ file }) => file));
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !tied.has(file))).toEqual([]);
});

function testsIn(folder: string, names: RegExp): string[] {
  const files = readdirSync(new URL(folder, ROOT));
  return files
    .filter((name) => names.test(name) && name.endsWith(".test.ts"))
    .map((name) => `${folder}${name}`);
}

/** The test may be named by its own words, or by those of its `describe` before them. */
function hasTest(file: string, name: string): boolean {
  const code = readFileSync(new URL(file, ROOT), "utf8");
  if (code.includes(name)) return true;
  const groups = [...code.matchAll(/describe\("([^"]+)"/g)].map(([, title]) => title as string);
  return groups.some((title) => name.startsWith(`${title} `) && code.includes(name.slice(title.length + 1)));
}

function section(title: string): string {
  const [, from = ""] = SPEC.split(`\n## ${title}\n`);
  return from.split("\n## ")[0] as string;
}

function cellsOf(title: string): string[][] {
  return section(title)
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}
