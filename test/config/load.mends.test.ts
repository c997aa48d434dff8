import { expect, test } from "vitest";

import type { Column } from "../../src/core/columns.ts";
import type { Config, TableConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { GOOD_SOURCE, testDirectory } from "./support/directory.ts";
import type { Files } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

// What Matano's handling of a directory gets wrong, and what happens here instead (docs/configuration.md).

async function load(files: Files): Promise<Config> {
  await using directory = await testDirectory(files);
  return await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
}

async function loadAuth(source: string, auth: string): Promise<TableConfig> {
  const config = await load({
    "log_sources/duo/log_source.yml": `${GOOD_SOURCE}${source}`,
    "log_sources/duo/tables/auth.yml": auth,
  });
  return config.logSources[0]!.tables[0]!;
}

function topLevel(table: TableConfig): readonly string[] {
  return table.columns.map((column) => column.name);
}

function fieldsOf(table: TableConfig, name: string): readonly Column[] {
  const type = table.columns.find((column) => column.name === name)?.type;
  return typeof type === "object" && type.type === "struct" ? type.fields : [];
}

test("loadConfig knows the tables activity and trust_monitor (D90)", async () => {
  const config = await load({
    "log_sources/duo/log_source.yml": GOOD_SOURCE,
    "log_sources/duo/tables/activity.yml": "name: activity\n",
    "log_sources/duo/tables/trust_monitor.yml": "",
  });
  expect(config.logSources[0]?.tables.map((table) => table.resolvedName)).toEqual([
    "duo_activity",
    "duo_trust_monitor",
  ]);
});

test("loadConfig unites the columns of the table, the log source and the table's file (D91)", async () => {
  const table = await loadAuth(
    `schema:
  ecs_field_names: [user.name, event.severity, message, "@timestamp"]
  fields:
    - {name: note, type: string, doc: A note., required: true, id: 7}
`,
    `schema:
  ecs_field_names: [user.roles, dns.answers.ttl, event]
  fields:
    - name: duo
      type: {type: struct, fields: [{name: extra, type: long}]}
    - name: event
      type: {type: struct, fields: [{name: duo_note, type: timestamp}]}
    - {name: scores, type: {type: list, element: "decimal(9, 2)", element-id: 5, element-required: true}}
    - {name: nothing, type: {type: struct, fields: []}}
`,
  );
  // The table's own columns stay first and in their order.
  expect(topLevel(table)).toEqual(["ts", "message", "event", "duo", "user", "dns", "note", "scores"]);
  expect(fieldsOf(table, "event")).toEqual([
    { name: "kind", type: "string", doc: "event" },
    { name: "severity", type: "long" },
    { name: "action", type: "string" },
    { name: "category", type: { type: "list", element: "string" } },
    { name: "created", type: "timestamptz" },
    { name: "duo_note", type: "timestamptz" },
  ]);
  expect(fieldsOf(table, "duo").map((field) => field.name)).toEqual(["auth", "extra"]);
  expect(fieldsOf(table, "user").map((field) => field.name)).toEqual(["name", "roles"]);
  expect(fieldsOf(table, "dns")).toEqual([
    {
      name: "answers",
      type: { type: "list", element: { type: "struct", fields: [{ name: "ttl", type: "long" }] } },
    },
  ]);
  expect(table.columns.find((column) => column.name === "note")).toEqual({
    name: "note",
    type: "string",
    doc: "A note.",
  });
  expect(table.columns.find((column) => column.name === "scores")?.type).toEqual({
    type: "list",
    element: "decimal(9,2)",
  });
  expect(table.columns[0]).toEqual({ name: "ts", type: "timestamptz", doc: "When it happened." });
});

test("loadConfig adds a log source's columns to every table of it, and to no other (D91)", async () => {
  const config = await load({
    "log_sources/a/log_source.yml": `${GOOD_SOURCE}schema: {ecs_field_names: [user.name]}\n`,
    "log_sources/a/tables/auth.yml": "",
    "log_sources/a/tables/admin.yml": "",
    "log_sources/b/log_source.yml": GOOD_SOURCE.replace("duo\n", "duo_b\n"),
    "log_sources/b/tables/auth.yml": "",
  });
  const withUser = config.logSources.map((source) =>
    source.tables.map((table) => topLevel(table).includes("user")),
  );
  expect(withUser).toEqual([[true, true], [false]]);
});

test.each(["", "transform:\n", 'transform: ""\n', "transform: |\n\n"])(
  "loadConfig accepts an empty transform and refuses any other (D92): %j",
  async (text) => {
    expect((await loadAuth(text, text)).name).toBe("auth");
    await expect(loadAuth("", "transform: .x = 1\n")).rejects.toThrow("transform is not supported yet");
  },
);

test("loadConfig lets the table's texts win over its log source's (D93)", async () => {
  const source = "meta: {display_name: Duo, description: All of Duo}\n";
  expect((await loadAuth(source, "meta: {display_name: Logins}\n")).meta).toEqual({
    displayName: "Logins",
    description: "All of Duo",
  });
  expect((await loadAuth("", "")).meta).toBeUndefined();
});

test.each(["duo", "duo_prod", "duo_eu_2", `duo_${"x".repeat(60)}`])(
  "loadConfig accepts the name %s (D94, D95)",
  async (name) => {
    const text = GOOD_SOURCE.replace("name: duo", `name: ${name}`);
    const config = await load({ "log_sources/duo/log_source.yml": text });
    expect(config.logSources[0]?.name).toBe(name);
  },
);

test.each(["duology", "Duo", "duo_", "duo__x", "duo-prod", "duo_Prod", `duo_${"x".repeat(61)}`])(
  "loadConfig refuses the name %s (D94, D95)",
  async (name) => {
    const text = GOOD_SOURCE.replace("name: duo", `name: ${name}`);
    await expect(load({ "log_sources/duo/log_source.yml": text })).rejects.toThrow(
      "log_source.yml:1:7: name must be duo or duo_<suffix>",
    );
  },
);

test("loadConfig accepts what Matano ingests from files and warns that it has no effect (D96)", async () => {
  const config = await load({
    "log_sources/duo/log_source.yml": `${GOOD_SOURCE}ingest:
  compression: zstd
  s3_source: {bucket_name: b}
  select_table_from_payload: ._table
`,
    "log_sources/duo/tables/auth.yml": "ingest: {csv_headers: []}\n",
  });
  const reason = "has no effect: events come from Duo, not from files";
  expect(config.warnings).toEqual([
    `log_sources/duo/log_source.yml:8:3: ingest.compression ${reason}`,
    `log_sources/duo/log_source.yml:9:3: ingest.s3_source ${reason}`,
    `log_sources/duo/log_source.yml:10:3: ingest.select_table_from_payload ${reason}`,
    `log_sources/duo/tables/auth.yml:1:10: ingest.csv_headers ${reason}`,
  ]);
});

test("loadConfig reports properties that are not text instead of dropping them (D97)", async () => {
  const text = GOOD_SOURCE.replace("api-eac94d5a.duosecurity.com", "[a]").replace(
    "DI62OFKPBEXHLW1DOB8A",
    "true",
  );
  await expect(load({ "log_sources/duo/log_source.yml": text })).rejects.toThrow(
    `log_source.yml:5:19: managed.properties.api_hostname must be text, got a list
log_sources/duo/log_source.yml:6:22: managed.properties.integration_key must be text (put it in quotes)`,
  );
});

test("loadConfig refuses other partitions and accepts the spelled-out ones of Matano (D98)", async () => {
  const spelledOut = "{partitions: [{column: ts, transform: hour}]}";
  expect((await loadAuth(`schema: ${spelledOut}\n`, `${spelledOut}\n`)).name).toBe("auth");
  await expect(loadAuth("", "schema: {partitions: [{column: ts, transform: month}]}\n")).rejects.toThrow(
    "must be day: every table is partitioned by the day of ts",
  );
});

test.each(["", "# nothing yet\n", "{}\n", "name:\n", "schema:\n"])(
  "loadConfig takes a table's name from its file when the content has none (D99): %j",
  async (text) => {
    expect((await loadAuth("", text)).resolvedName).toBe("duo_auth");
  },
);

test("loadConfig takes the name inside a file over the file's own (D99)", async () => {
  const config = await load({
    "log_sources/duo/log_source.yml": GOOD_SOURCE,
    "log_sources/duo/tables/logins.yml": "name: auth\n",
  });
  expect(config.logSources[0]?.tables[0]?.name).toBe("auth");
});

test.each([
  ["timestamp", "timestamptz"],
  ["timestamptz", "timestamptz"],
  ["uuid", "uuid"],
  ["fixed[16]", "fixed[16]"],
  ["decimal(38,38)", "decimal(38,38)"],
])("loadConfig checks the type %s when it reads it (D100)", async (written, type) => {
  const table = await loadAuth("", `schema: {fields: [{name: x, type: "${written}"}]}\n`);
  expect(table.columns.at(-1)).toEqual({ name: "x", type });
});

test("loadConfig gives a table exactly the columns that its files name now (D101)", async () => {
  const more = await loadAuth("schema: {fields: [{name: x, type: long}]}\n", "");
  const less = await loadAuth("", "");
  expect(topLevel(more)).toContain("x");
  expect(topLevel(less)).not.toContain("x");
});

test("loadConfig names the file at fault, also where one name begins with another (D102)", async () => {
  const files = {
    "log_sources/duo/log_source.yml": GOOD_SOURCE,
    "log_sources/duo/tables/auth.yml": "",
    "log_sources/duo_b/log_source.yml": GOOD_SOURCE.replace("duo\n", "duo_b\n"),
    "log_sources/duo_b/tables/auth.yml": "schema: {fields: [{name: duo, type: long}]}\n",
  };
  await expect(load(files)).rejects.toThrow(
    ": 1 problem\nlog_sources/duo_b/tables/auth.yml:1:37: duo cannot be long: in the table auth it is struct",
  );
});
