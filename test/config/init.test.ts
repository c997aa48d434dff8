import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { initDirectory } from "../../src/config/init.ts";
import { loadConfig } from "../../src/config/load.ts";
import { testDirectory } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

const knownTables = testTables.map((table) => table.name);
const good = {
  apiHostname: "api-eac94d5a.duosecurity.com",
  integrationKey: "DI62OFKPBEXHLW1DOB8A",
  tables: ["auth", "admin"],
  knownTables,
};

test("initDirectory writes a directory that loads without a word", async () => {
  await using directory = await testDirectory({});
  const dir = join(directory.dir, "new", "matano");
  const written = await initDirectory(dir, good);
  expect(written).toEqual([
    "matano.config.yml",
    "log_sources/duo/log_source.yml",
    "log_sources/duo/tables/auth.yml",
    "log_sources/duo/tables/admin.yml",
    ".gitignore",
  ]);
  const config = await loadConfig(dir, { tables: testTables, ecs: testEcs });
  expect(config.warnings).toEqual([]);
  expect(config.logSources).toMatchObject([
    {
      name: "duo",
      apiHostname: good.apiHostname,
      integrationKey: good.integrationKey,
      tables: [{ name: "admin" }, { name: "auth" }],
    },
  ]);
  expect(await readFile(join(dir, ".gitignore"), "utf8")).toMatch(/^\.duolake\/$/m);
});

test("initDirectory quotes values that YAML would not take for text", async () => {
  await using directory = await testDirectory({});
  await initDirectory(directory.dir, { ...good, integrationKey: "1234", sourceName: "duo_test" });
  const config = await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
  expect(config.logSources[0]).toMatchObject({ name: "duo_test", integrationKey: "1234" });
});

test.each([
  [{ apiHostname: "https://api-x.duosecurity.com/" }, "write api-x.duosecurity.com"],
  [{ apiHostname: "admin-x.duosecurity.com" }, "the API hostname is probably api-x.duosecurity.com"],
  [{ integrationKey: "a b" }, "integration_key must be 1 to 64 printable characters"],
  [{ integrationKey: 'x"\nsecret_key: y' }, "integration_key must be 1 to 64 printable characters"],
  [{ sourceName: "duology" }, "name must be duo or duo_<suffix>"],
  [{ sourceName: "../evil" }, "name must be duo or duo_<suffix>"],
  [{ tables: [] }, "tables must name at least one table"],
  [{ tables: ["auht"] }, 'there is no Duo table "auht", did you mean auth?'],
  [{ tables: ["auth", "auth"] }, "the table auth is named twice"],
  [{ tables: ["../../x"] }, 'there is no Duo table "../../x"'],
])("initDirectory refuses %j and writes nothing", async (change, reason) => {
  await using directory = await testDirectory({});
  await expect(initDirectory(directory.dir, { ...good, ...change })).rejects.toMatchObject({
    code: "usage_invalid",
    message: expect.stringContaining(reason),
  });
  expect(await readdir(directory.dir)).toEqual([]);
});

test("initDirectory never overwrites: it names what is there and writes nothing", async () => {
  await using directory = await testDirectory({
    ".gitignore": "mine",
    "log_sources/duo/tables/auth.yml": "mine",
  });
  await expect(initDirectory(directory.dir, good)).rejects.toMatchObject({
    code: "usage_invalid",
    message: `Cannot write a Matano directory to ${directory.dir}: log_sources/duo/tables/auth.yml, .gitignore already there, nothing was written`,
  });
  expect(await readdir(directory.dir)).toEqual([".gitignore", "log_sources"]);
  expect(await readFile(join(directory.dir, ".gitignore"), "utf8")).toBe("mine");
});

test("initDirectory takes back what it wrote when it cannot go on", async () => {
  await using directory = await testDirectory({});
  await writeFile(join(directory.dir, "log_sources"), "a file");
  await expect(initDirectory(directory.dir, good)).rejects.toMatchObject({ code: "usage_invalid" });
  expect(await readdir(directory.dir)).toEqual(["log_sources"]);
});
