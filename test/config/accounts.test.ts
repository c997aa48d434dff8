import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { configProblems, problemLine } from "../../src/config/problem.ts";
import { walkLeaves } from "../../src/core/columns.ts";
import type { Column } from "../../src/core/columns.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import { ecsNames, ecsType } from "../../src/ecs/fields.ts";
import { GOOD_SOURCE, testDirectory } from "./support/directory.ts";

// The real tables and the real ECS: some tables have `cloud.account.id` of their own, others have not.
const options = { tables: LOG_TABLES, ecs: { lookup: ecsType, names: ecsNames } };
const SOURCE = "log_sources/duo/log_source.yml";
const AUTH = "log_sources/duo/tables/auth.yml";
const TABLES = Object.fromEntries(LOG_TABLES.map(({ name }) => [`log_sources/duo/tables/${name}.yml`, ""]));
const DOCS = {
  "cloud.account.id": "Id of the Duo child account that the event belongs to: `DA` and 18 letters or digits.",
  "cloud.account.name":
    "Name of the Duo child account, as the provider called it when the event was fetched.",
};

const accountId = fc
  .array(fc.constantFrom("A", "B", "C", "X", "Y", "Z", "0", "1", "8", "9"), { minLength: 18, maxLength: 18 })
  .map((letters) => `DA${letters.join("")}`);

async function load(source: string, tables: Readonly<Record<string, string>>): Promise<Config> {
  await using directory = await testDirectory({ [SOURCE]: `${GOOD_SOURCE}${source}`, ...tables });
  return await loadConfig(directory.dir, options);
}

async function problemsOf(
  source: string,
  tables: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const error: unknown = await load(source, tables).catch((reason: unknown) => reason);
  return configProblems(error).map(problemLine);
}

function leavesOf(columns: readonly Column[]): ReadonlyMap<string, Column> {
  const found = new Map<string, Column>();
  walkLeaves(columns, (path, column) => found.set(path, column));
  return found;
}

test("loadConfig pulls the account itself where accounts is not given", async () => {
  for (const text of ["", "    accounts:\n", "    accounts: ~\n"]) {
    const config = await load(text, {});
    expect(Object.keys(config.logSources[0]!)).not.toContain("accounts");
  }
});

test("loadConfig reads accounts: all", async () => {
  expect((await load("    accounts: all\n", {})).logSources[0]?.accounts).toBe("all");
});

test("loadConfig reads every list of different account ids as it is written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(accountId, { minLength: 1, maxLength: 20 }), async (ids) => {
      const config = await load(`    accounts: [${ids.join(", ")}]\n`, {});
      expect(config.logSources[0]?.accounts).toEqual(ids);
    }),
    { numRuns: 40 },
  );
});

test("loadConfig reports every repeated account id at its place", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(accountId, { minLength: 1, maxLength: 8 }), fc.nat(), async (ids, n) => {
      const repeated = ids[n % ids.length]!;
      const text = `    accounts:\n${[...ids, repeated].map((id) => `      - ${id}\n`).join("")}`;
      expect(await problemsOf(text, {})).toEqual([
        `${SOURCE}:${8 + ids.length}:9: managed.properties.accounts[${ids.length}] is written twice, got "${repeated}"`,
      ]);
    }),
    { numRuns: 25 },
  );
});

test("loadConfig reports a text that is no account id at its place in the list", async () => {
  const notId = fc.oneof(
    accountId.map((id) => id.toLowerCase()),
    accountId.map((id) => `${id}0`),
    accountId.map((id) => id.slice(0, -1)),
    accountId.map((id) => id.replace("DA", "DI")),
    fc.constantFrom("all", "", "é"),
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(accountId, { maxLength: 4 }), notId, async (ids, bad) => {
      const text = `    accounts:\n${[...ids, bad].map((id) => `      - ${JSON.stringify(id)}\n`).join("")}`;
      expect(await problemsOf(text, {})).toEqual([
        `${SOURCE}:${8 + ids.length}:9: managed.properties.accounts[${ids.length}] must be an account id: DA and 18 capital letters or digits, got ${JSON.stringify(bad)}`,
      ]);
    }),
    { numRuns: 40 },
  );
});

test("loadConfig adds the described columns of the account to every table of the log source, once", async () => {
  const without = await load("", TABLES);
  const config = await load("    accounts: all\n", TABLES);
  expect(config.logSources[0]?.tables).toHaveLength(LOG_TABLES.length);
  for (const [i, { name, columns }] of config.logSources[0]!.tables.entries()) {
    const leaves = leavesOf(columns);
    for (const [path, doc] of Object.entries(DOCS)) {
      expect([name, path, leaves.get(path)]).toEqual([
        name,
        path,
        { name: path.split(".").at(-1), type: "string", doc },
      ]);
    }
    // Nothing else changes: not a column, not its place, not its description.
    const before = leavesOf(without.logSources[0]!.tables[i]!.columns);
    const rest = (all: ReadonlyMap<string, Column>): unknown =>
      [...all].filter(([path]) => !Object.hasOwn(DOCS, path));
    expect(rest(leaves)).toEqual(rest(before));
    expect(columns[0]?.name).toBe("ts");
  }
});

test("loadConfig gives no table of another log source the columns of the account", async () => {
  await using directory = await testDirectory({
    [SOURCE]: `${GOOD_SOURCE}    accounts: all\n`,
    "log_sources/b/log_source.yml": GOOD_SOURCE.replace("name: duo", "name: duo_b"),
    "log_sources/b/tables/auth.yml": "",
  });
  const config = await loadConfig(directory.dir, options);
  const leaves = leavesOf(config.logSources[1]!.tables[0]!.columns);
  expect(leaves.has("cloud.account.name")).toBe(false);
  expect(leaves.get("cloud.account.id")?.doc).not.toBe(DOCS["cloud.account.id"]);
});

test.each(["[cloud.account.id, cloud.account.name]", "[cloud.account]", "[cloud]"])(
  "loadConfig agrees with ecs_field_names that name the columns of the account too: %s",
  async (names) => {
    const tables = { [AUTH]: `schema: {ecs_field_names: ${names}}\n` };
    const config = await load(`    accounts: all\nschema: {ecs_field_names: ${names}}\n`, tables);
    const leaves = leavesOf(config.logSources[0]!.tables[0]!.columns);
    for (const [path, doc] of Object.entries(DOCS)) expect(leaves.get(path)?.doc).toBe(doc);
  },
);

const OWN_FIELD = `schema:
  fields:
    - name: cloud
      type:
        type: struct
        fields:
          - name: account
            type: {type: struct, fields: [{name: id, type: long}, {name: tenant, type: string}]}
`;

test("loadConfig refuses columns of one's own in the place of the account's, and takes others beside them", async () => {
  const refusal =
    "cloud.account.id is a field (string) of the Elastic Common Schema: name it in ecs_field_names instead";
  expect(await problemsOf(`    accounts: all\n${OWN_FIELD}`, { [AUTH]: OWN_FIELD })).toEqual([
    `${SOURCE}:15:50: ${refusal}`,
    `${AUTH}:8:50: ${refusal}`,
  ]);
  const beside = OWN_FIELD.replace("{name: id, type: long}, ", "");
  const config = await load(`    accounts: all\n${beside}`, { [AUTH]: "" });
  const leaves = leavesOf(config.logSources[0]!.tables[0]!.columns);
  expect([...leaves.keys()].filter((path) => path.startsWith("cloud.account."))).toEqual([
    "cloud.account.id",
    "cloud.account.name",
    "cloud.account.tenant",
  ]);
});

test("loadConfig reports a column of one's own with another type also where ECS does not know it", async () => {
  await using directory = await testDirectory({
    [SOURCE]: `${GOOD_SOURCE}    accounts: all\n`,
    [AUTH]: "schema: {fields: [{name: cloud, type: string}]}\n",
  });
  const ecs = { lookup: () => undefined, names: () => [] };
  await expect(loadConfig(directory.dir, { tables: LOG_TABLES, ecs })).rejects.toThrow(
    `${AUTH}:1:39: cloud cannot be string: in the table auth it is struct`,
  );
});
