import { join } from "node:path";

import { expect, test } from "vitest";

import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { GOOD_SOURCE, testDirectory } from "./support/directory.ts";
import type { Files } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

async function load(files: Files): Promise<Config> {
  await using directory = await testDirectory(files);
  return await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
}

test("loadConfig takes a directory that was written for Matano as it is", async () => {
  await using directory = await testDirectory({
    "matano.config.yml": `# Use this file for Matano configuration.

aws:
  account: "012345678901" # Specify the AWS account to deploy to.
  region: "us-east-1"
  tags:
    key: "my_tag"
vpc:
  id: vpc-0123
`,
    "matano.context.json": "{}",
    "detections/root_login/detection.yml": "name: root_login\n",
    "log_sources/duo/log_source.yml": GOOD_SOURCE,
    "log_sources/duo/tables/auth.yml": "name: auth\n",
    "log_sources/duo/tables/admin.yml": "name: admin\n",
    "log_sources/duo/tables/offline_enrollment.yml": "name: offline_enrollment\n",
    "log_sources/duo/tables/summary.yml": "name: summary\n",
    "log_sources/duo/tables/telephony.yml": "name: telephony\n",
    "log_sources/okta/log_source.yml": "name: okta\nmanaged: {type: OKTA, properties: {}}\n",
    "log_sources/firewall/log_source.yml": "name: firewall\ntransform: .x = 1\n",
  });
  const config = await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
  expect(config.logSources).toHaveLength(1);
  expect(config.logSources[0]).toMatchObject({
    name: "duo",
    apiHostname: "api-eac94d5a.duosecurity.com",
    integrationKey: "DI62OFKPBEXHLW1DOB8A",
    adminStream: "auto",
  });
  // In the order of the registry, not of the file names.
  expect(config.logSources[0]?.tables.map((table) => table.resolvedName)).toEqual([
    "duo_admin",
    "duo_auth",
    "duo_offline_enrollment",
    "duo_summary",
    "duo_telephony",
  ]);
  expect(config.logSources[0]?.tables[1]?.columns).toEqual(testTables[1]?.columns());
  expect(config.warnings).toEqual([
    'log_sources/firewall/log_source.yml:1:1: "firewall" is not a managed log source and is left out: only Duo is pulled',
    'log_sources/okta/log_source.yml:2:17: "okta" is of the type OKTA and is left out: only Duo is pulled',
  ]);
});

test("loadConfig gives every key its default", async () => {
  await using directory = await testDirectory({ "log_sources/duo/log_source.yml": GOOD_SOURCE });
  const config = await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
  expect(config).toEqual({
    dir: directory.dir,
    lake: { warehouse: join(directory.dir, "lake"), database: "matano", catalog: { type: "folder" } },
    secrets: { store: "local", label: "main" },
    pull: {
      intervalMs: 300_000,
      lookBackMs: 3_600_000,
      backfillMs: 180 * 86_400_000,
      holdAfter429Ms: 60_000,
      failingAfterMs: 900_000,
    },
    logSources: [
      {
        name: "duo",
        apiHostname: "api-eac94d5a.duosecurity.com",
        integrationKey: "DI62OFKPBEXHLW1DOB8A",
        adminStream: "auto",
        tables: [],
      },
    ],
    warnings: [
      "log_sources/duo/log_source.yml:1:1: the log source duo has no tables: nothing is pulled; add an empty file tables/auth.yml",
    ],
  });
});

test.each([
  ["an empty file", ""],
  ["comments only", "# nothing\n"],
  ["an explicit empty document", "---\n...\n"],
  ["keys without values", "lake:\nsecrets:\npull:\n  interval:\naws:\n"],
  ["empty mappings", "lake: {}\nsecrets: {}\npull: {}\n"],
])("loadConfig gives the same defaults for matano.config.yml with %s", async (_what, text) => {
  const config = await load({ "matano.config.yml": text });
  expect(config.pull.intervalMs).toBe(300_000);
  expect(config.lake.database).toBe("matano");
  expect(config.secrets.store).toBe("local");
  expect(config.warnings).toEqual(["log_sources:1:1: there is no Duo log source: nothing is pulled"]);
});

test("loadConfig reads every key of matano.config.yml", async () => {
  const config = await load({
    "matano.config.yml": `\uFEFFlake:
  warehouse: s3://my-bucket/lake/
  database: security_2
  catalog:
    type: glue
    region: us-gov-west-1
    catalog_id: "123456789012"
secrets: {store: aws, label: prod-1}
pull:
  interval: 90s
  look_back: 0s
  backfill: 7d
  hold_after_429: 15m
  failing_after: 2h
`,
  });
  expect(config.lake).toEqual({
    warehouse: "s3://my-bucket/lake",
    database: "security_2",
    catalog: { type: "glue", region: "us-gov-west-1", catalogId: "123456789012" },
  });
  expect(config.secrets).toEqual({ store: "aws", label: "prod-1" });
  expect(config.pull).toEqual({
    intervalMs: 90_000,
    lookBackMs: 0,
    backfillMs: 604_800_000,
    holdAfter429Ms: 900_000,
    failingAfterMs: 7_200_000,
  });
});

test("loadConfig keeps an absolute warehouse and resolves a relative one against the file", async () => {
  await using directory = await testDirectory({ "matano.config.yml": "lake: {warehouse: ../data}\n" });
  const options = { tables: testTables, ecs: testEcs };
  expect((await loadConfig(directory.dir, options)).lake.warehouse).toBe(join(directory.dir, "..", "data"));
  expect((await load({ "matano.config.yml": "lake: {warehouse: /srv/lake}" })).lake.warehouse).toBe(
    "/srv/lake",
  );
});

test("loadConfig reads anchors and aliases", async () => {
  const config = await load({
    "log_sources/duo/log_source.yml": `${GOOD_SOURCE}schema:
  fields:
    - {name: note, type: &text string}
    - {name: other, type: *text}
`,
    "log_sources/duo/tables/auth.yml": "",
  });
  expect(config.logSources[0]?.tables[0]?.columns.slice(-2)).toEqual([
    { name: "note", type: "string" },
    { name: "other", type: "string" },
  ]);
});

test("loadConfig reads several accounts, sorted by name, whatever their folders are called", async () => {
  const config = await load({
    "log_sources/b/log_source.yml": GOOD_SOURCE.replace("name: duo", "name: duo_eu").replace("DUO", "duo"),
    "log_sources/b/tables/auth.yml": "",
    "log_sources/z/log_source.yml": `${GOOD_SOURCE}    admin_stream: activity\n`,
    "log_sources/z/tables/auth.yml": "",
    "log_sources/z/tables/README.md": "not a table",
    "log_sources/z/tables/.auth.yml.swp": "not a table",
    "log_sources/.git/config": "not a log source",
    "log_sources/empty/": "",
    "log_sources/NOTES.txt": "not a log source",
  });
  expect(config.logSources.map(({ name, adminStream }) => [name, adminStream])).toEqual([
    ["duo", "activity"],
    ["duo_eu", "auto"],
  ]);
  expect(config.logSources[1]?.tables[0]?.resolvedName).toBe("duo_eu_auth");
  expect(config.warnings).toEqual([]);
});

test("loadConfig writes the API hostname in lower case", async () => {
  const config = await load({
    "log_sources/duo/log_source.yml": GOOD_SOURCE.replace(
      "api-eac94d5a.duosecurity",
      "API-EAC94D5A.DuoFederal",
    ),
  });
  expect(config.logSources[0]?.apiHostname).toBe("api-eac94d5a.duofederal.com");
});

test("loadConfig warns of an unusual integration key and never quotes it", async () => {
  const odd = await load({
    "log_sources/duo/log_source.yml": GOOD_SOURCE.replace("DI62OFKPBEXHLW1DOB8A", "MYKEY"),
    "log_sources/duo/tables/auth.yml": "",
  });
  expect(odd.warnings).toEqual([
    "log_sources/duo/log_source.yml:6:22: integration_key does not look like an integration key: DI and 18 upper-case letters or digits",
  ]);
  const secret = await load({
    "log_sources/duo/log_source.yml": GOOD_SOURCE.replace("DI62OFKPBEXHLW1DOB8A", "s".repeat(40)),
    "log_sources/duo/tables/auth.yml": "",
  });
  expect(secret.warnings[0]).toContain("looks like a secret key");
  expect(secret.warnings[0]).not.toContain("sss");
});

test("loadConfig reads an Iceberg REST catalog, with every key and with none but the address", async () => {
  const whole = await load({
    "matano.config.yml": `lake:
  catalog:
    type: rest
    uri: https://catalog.example.com/api/catalog/
    warehouse: arn:aws:s3tables:eu-central-1:123456789012:bucket/logs
    prefix: main
    auth: oauth2
    oauth2: {token_uri: "https://login.example.com/token", scope: "PRINCIPAL_ROLE:ALL", client_id: duolake}
`,
  });
  expect(whole.lake.catalog).toEqual({
    type: "rest",
    uri: "https://catalog.example.com/api/catalog",
    warehouse: "arn:aws:s3tables:eu-central-1:123456789012:bucket/logs",
    prefix: "main",
    auth: "oauth2",
    oauth2: { tokenUri: "https://login.example.com/token", scope: "PRINCIPAL_ROLE:ALL", clientId: "duolake" },
  });
  const signed = await load({
    "matano.config.yml":
      "lake: {catalog: {type: rest, uri: 'https://glue.eu-central-1.amazonaws.com/iceberg', auth: sigv4, sigv4: {service: glue, region: eu-central-1}}}\n",
  });
  expect(signed.lake.catalog).toMatchObject({
    auth: "sigv4",
    sigv4: { service: "glue", region: "eu-central-1" },
  });
  const least = await load({
    "matano.config.yml": "lake: {catalog: {type: rest, uri: 'http://polaris:8181'}}\n",
  });
  expect(least.lake.catalog).toEqual({ type: "rest", uri: "http://polaris:8181", auth: "none" });
});
