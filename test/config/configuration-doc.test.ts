import { readFile } from "node:fs/promises";

import { parse } from "yaml";
import { expect, test } from "vitest";
import { z } from "zod";

import { jsonSchemas } from "../../src/config/json-schemas.ts";
import { loadConfig } from "../../src/config/load.ts";
import { testDirectory } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

/** The examples of the documentation that say which file they are. */
async function examples(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile("docs/configuration.md", "utf8");
  const blocks = text.matchAll(/^```yml\n(# (\S+)\n[^`]*)^```$/gm);
  return new Map([...blocks].map(([, block = "", file = ""]) => [file, block]));
}

function schemaFor(file: string): z.ZodType {
  const kind = file.endsWith("log_source.yml")
    ? "log-source"
    : file.includes("/tables/")
      ? "table"
      : "matano-config";
  const { content } = jsonSchemas().find(({ path }) => path.endsWith(`/${kind}.schema.json`))!;
  return z.fromJSONSchema(JSON.parse(content) as Parameters<typeof z.fromJSONSchema>[0]);
}

test("the examples of docs/configuration.md load together and fit the JSON Schemas", async () => {
  const files = await examples();
  expect([...files.keys()]).toEqual([
    "matano.config.yml",
    "log_sources/duo/log_source.yml",
    "log_sources/duo_msp/log_source.yml",
    "log_sources/duo/tables/auth.yml",
    "log_sources/duo_prod/log_source.yml",
  ]);
  // The small ECS of the tests has no group `threat`.
  const prod = files.get("log_sources/duo_prod/log_source.yml")!.replace("threat ", "user ");
  await using directory = await testDirectory({
    ...Object.fromEntries(files),
    "log_sources/duo_prod/log_source.yml": prod,
    "log_sources/duo_prod/tables/auth.yml": "",
    "log_sources/duo_msp/tables/auth.yml": "",
  });
  const config = await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
  expect(config.warnings).toEqual([]);
  for (const [file, text] of files) {
    expect([file, schemaFor(file).safeParse(parse(text)).success]).toEqual([file, true]);
  }
});

test("docs/configuration.md names every key of the JSON Schemas", async () => {
  const text = await readFile("docs/configuration.md", "utf8");
  const schemas = jsonSchemas()
    .map(({ content }) => content)
    .join("");
  const keys = [...schemas.matchAll(/^ +"([a-z0-9_-]+)": \{$/gm)];
  const words = new Set(["properties", "items", "definitions", "default"]);
  const missing = keys.map(([, key = ""]) => key).filter((key) => !words.has(key) && !text.includes(key));
  expect(missing).toEqual([]);
});
