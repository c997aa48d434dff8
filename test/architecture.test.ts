import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * What each folder of `src/` may import besides itself, in the order in which events flow. The files directly in
 * `src/` put the folders together; each stands for itself.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ecs: ["core"],
  secrets: ["core"],
  config: ["core"],
  deploy: ["core", "secrets", "config"],
  duo: ["core", "ecs"],
  lake: ["core"],
  pipeline: ["core", "duo", "lake"],
  query: ["core", "lake"],
  status: ["core", "config", "duo", "lake", "pipeline"],
  "source-app.ts": ["core", "config", "duo", "lake", "pipeline"],
  "app.ts": ["core", "config", "secrets", "duo", "lake", "pipeline", "status", "source-app.ts"],
  "pull-all.ts": ["core", "duo", "pipeline", "app.ts", "source-app.ts"],
  "backfill-one.ts": ["pipeline", "app.ts", "pull-all.ts"],
  "verify-all.ts": ["core", "pipeline", "app.ts", "pull-all.ts"],
  "maintain-all.ts": ["core", "lake", "app.ts"],
  "diff-lake.ts": ["core", "duo", "lake", "app.ts"],
  "replay-all.ts": ["core", "pipeline", "app.ts", "pull-all.ts", "source-app.ts"],
  daemon: [
    "core",
    "duo",
    "lake",
    "pipeline",
    "status",
    "app.ts",
    "backfill-one.ts",
    "maintain-all.ts",
    "pull-all.ts",
    "source-app.ts",
  ],
  aws: [
    "core",
    "ecs",
    "secrets",
    "config",
    "duo",
    "lake",
    "pipeline",
    "status",
    "daemon",
    "app.ts",
    "backfill-one.ts",
    "maintain-all.ts",
    "pull-all.ts",
    "source-app.ts",
  ],
  cli: [
    "core",
    "ecs",
    "secrets",
    "config",
    "duo",
    "lake",
    "pipeline",
    "query",
    "status",
    "daemon",
    "deploy",
    "aws",
    "app.ts",
    "backfill-one.ts",
    "diff-lake.ts",
    "maintain-all.ts",
    "pull-all.ts",
    "verify-all.ts",
    "replay-all.ts",
    "source-app.ts",
    "../simulator",
  ],
  "index.ts": [
    "core",
    "ecs",
    "config",
    "duo",
    "lake",
    "pipeline",
    "query",
    "app.ts",
    "pull-all.ts",
    "source-app.ts",
  ],
};

/** A file by its path from the root, with `/`. */
interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path).replaceAll("\\", "/"))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** The relative paths that a file imports: static, dynamic, for types or for effects, or re-exported. */
function relativeImports(text: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}\/[^"']+)["']/g;
  return [...text.matchAll(pattern)].map((match) => match[1] as string);
}

/** `src/duo/tables/index.ts` -> `duo`, `src/app.ts` -> `app.ts`, `simulator/main.ts` -> `../simulator`. */
function layerOf(path: string): string {
  const inside = relative("src", path).replaceAll("\\", "/");
  const words = inside.split("/");
  return words[0] === ".." ? `../${words[1]}` : (words[0] as string);
}

/** Every import that the table does not allow, as `file imports layer`. */
function violations(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const layer = layerOf(path);
    return relativeImports(text)
      .map((target) => layerOf(relative(ROOT, resolve(ROOT, dirname(path), target))))
      .filter((target) => target !== layer && !(LAYERS[layer] ?? []).includes(target))
      .map((target) => `${path} imports ${target}`);
  });
}

const SOURCES = filesBelow("src");

describe("the folders of src/", () => {
  test("are all in the table of layers, and nothing else is", () => {
    expect(new Set(SOURCES.map(({ path }) => layerOf(path)))).toEqual(new Set(Object.keys(LAYERS)));
  });

  test("import only what stands before them", () => {
    expect(violations(SOURCES)).toEqual([]);
  });

  test("form a table without circles", () => {
    const names = Object.keys(LAYERS);
    for (const [layer, allowed] of Object.entries(LAYERS)) {
      const later = allowed.filter((one) => names.indexOf(one) > names.indexOf(layer));
      expect([layer, later]).toEqual([layer, []]);
    }
  });

  test.each([
    ["src/core/a.ts", 'import { x } from "../duo/client.ts";', "src/core/a.ts imports duo"],
    ["src/duo/tables/auth/a.ts", 'import type { X } from "../../../lake/lake.ts";', "imports lake"],
    ["src/lake/spec/a.ts", 'export * from "../../duo/page.ts";', "imports duo"],
    ["src/lake/a.ts", 'const x = await import("../query/open-query.ts");', "imports query"],
    ["src/ecs/a.ts", "import\n  '../config/config.ts';", "imports config"],
    ["src/pipeline/a.ts", 'import {\n  x,\n} from "../app.ts";', "imports app.ts"],
    ["src/daemon/a.ts", 'import { x } from "../cli/main.ts";', "imports cli"],
    ["src/status/a.ts", 'import { x } from "../../simulator/main.ts";', "imports ../simulator"],
    ["src/core/a.ts", 'import { x } from "../index.ts";', "imports index.ts"],
    ["src/other/a.ts", 'import { x } from "../core/json.ts";', "imports core"],
  ])("would not get away with this in %s: %s", (path, text, found) => {
    expect(violations([{ path, text }])).toEqual([expect.stringContaining(found)]);
  });

  test("may import themselves and what the table allows", () => {
    const text = 'import a from "node:fs";\nimport { b } from "./b.ts";\nimport { c } from "../core/c.ts";';
    expect(violations([{ path: "src/duo/a.ts", text }])).toEqual([]);
  });
});

test("the simulator shares no code with src/", () => {
  const found = filesBelow("simulator").flatMap(({ path, text }) =>
    relativeImports(text)
      .map((target) => relative(ROOT, resolve(ROOT, dirname(path), target)))
      .filter((target) => !target.startsWith("simulator"))
      .map((target) => `${path} imports ${target}`),
  );
  expect(found).toEqual([]);
});

test("no file of src/ or the simulator has more than 400 lines", () => {
  const long = [...SOURCES, ...filesBelow("simulator")]
    .filter(({ text }) => text.split("\n").length - 1 > 400)
    .map(({ path }) => path);
  expect(long).toEqual([]);
});

test.each([
  ["console", /\bconsole\./],
  ["process.stdout and process.stderr", /\bprocess\.(?:stdout|stderr)\b/],
  ["process.exit", /\bprocess\.exit\b/],
  ["process.argv", /\bprocess\.argv\b/],
])("only the command line touches %s", (_name, pattern) => {
  const found = SOURCES.filter(({ path, text }) => !path.startsWith("src/cli/") && pattern.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("every exported function of the command line says what it does", () => {
  const undocumented = SOURCES.filter(({ path }) => path.startsWith("src/cli/")).flatMap(({ path, text }) =>
    [...text.matchAll(/^(.*)\n(export (?:async )?function \w+)/gm)]
      .filter(([, before = ""]) => !/\*\/\s*$/.test(before))
      .map(([, , name]) => `${path}: ${name}`),
  );
  expect(undocumented).toEqual([]);
});
