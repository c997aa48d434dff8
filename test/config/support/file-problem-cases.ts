import { GOOD_SOURCE } from "./directory.ts";
import { SOURCE, inConfig } from "./problem-case.ts";
import type { ProblemCase } from "./problem-case.ts";

const DURATION = "must be a duration: a whole number and s, m, h or d, such as 90s or 5m";

export const YAML_CASES: readonly ProblemCase[] = [
  inConfig(
    "broken YAML where the parser stopped",
    "lake:\n  warehouse: [a\npull: {}\n",
    "3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ),
  inConfig("an unclosed quote", 'lake:\n  warehouse: "x\n', '3:1: not valid YAML: Missing closing "quote'),
  inConfig(
    "a tab as indentation",
    "lake:\n\twarehouse: x\n",
    "2:1: not valid YAML: Tabs are not allowed as indentation",
  ),
  inConfig(
    "a second document",
    "lake: {}\n---\npull: {}\n",
    "2:1: not valid YAML: a second document starts here",
  ),
  inConfig(
    "a mapping in a mapping's line",
    "lake: warehouse: x\n",
    "1:7: not valid YAML: Nested mappings are not allowed in compact mappings",
  ),
  inConfig("a tag", "lake: !Ref x\n", "1:7: not valid YAML: Unresolved tag: !Ref"),
  inConfig(
    "a key written twice",
    "pull: {interval: 5m}\nlake: {}\npull: {interval: 6m}\n",
    '3:1: the key "pull" is written twice',
  ),
  inConfig(
    "an alias without anchor",
    "lake: *nothing\n",
    "1:7: the alias *nothing has no anchor &nothing before it",
  ),
  inConfig(
    "an alias that holds itself",
    "lake: &x\n  warehouse: *x\n",
    "1:1: the file is nested deeper than 64 levels, perhaps an alias names a part that it stands in",
  ),
  inConfig("a mapping as a key", "{{x}}: 1\n", "1:1: a key must be plain text"),
  inConfig("a list instead of a mapping", "- lake\n", "1:1: the file must be a mapping, got a list"),
  inConfig("a scalar instead of a mapping", "\n  lake\n", '2:3: the file must be a mapping, got "lake"'),
  {
    what: "a file that is not UTF-8",
    files: { "matano.config.yml": Buffer.from("lake:\n  database: m\xfcnchen\n", "latin1") },
    lines: ["matano.config.yml:2:14: the file is not UTF-8 text"],
  },
  {
    what: "a file in UTF-16",
    files: { "matano.config.yml": Buffer.from("\uFEFFlake: {}\n", "utf16le") },
    lines: ["matano.config.yml:1:1: the file is UTF-16, save it as UTF-8"],
  },
  {
    what: "a file that is too large",
    files: { "matano.config.yml": `#${"x".repeat(1_048_577)}` },
    lines: ["matano.config.yml:1:1: the file is larger than 1024 KiB"],
  },
  {
    what: "a folder where a file should be",
    files: { "matano.config.yml/": "", "log_sources/duo/log_source.yml/": "" },
    lines: [
      "log_sources/duo/log_source.yml:1:1: a folder stands where a file should be",
      "matano.config.yml:1:1: a folder stands where a file should be",
    ],
  },
  {
    what: "a file where a folder should be",
    files: { log_sources: "x" },
    lines: ["log_sources:1:1: a file stands where a folder should be"],
  },
  {
    what: "a file where the folder of tables should be",
    files: { [SOURCE]: GOOD_SOURCE, "log_sources/duo/tables": "auth" },
    lines: ["log_sources/duo/tables:1:1: a file stands where a folder should be"],
  },
];

export const CONFIG_CASES: readonly ProblemCase[] = [
  {
    what: "the wrong ending",
    files: {
      "matano.config.yaml": "",
      "log_sources/duo/log_source.yaml": "",
      "log_sources/duo_b/log_source.yml": GOOD_SOURCE,
      "log_sources/duo_b/tables/auth.yaml": "",
    },
    lines: [
      "log_sources/duo/log_source.yaml:1:1: the file must be called log_source.yml",
      "log_sources/duo_b/tables/auth.yaml:1:1: the file must be called auth.yml",
      "matano.config.yaml:1:1: the file must be called matano.config.yml",
    ],
  },
  inConfig(
    "unknown keys with what was probably meant",
    "lake:\n  warehous: x\n  databse: y\npulls: {}\npull: {failing_afer: 1h}\n",
    '2:3: unknown key "warehous" in lake, did you mean warehouse?',
    '3:3: unknown key "databse" in lake, did you mean database?',
    '4:1: unknown key "pulls", did you mean pull?',
    '5:8: unknown key "failing_afer" in pull, did you mean failing_after?',
  ),
  inConfig(
    "keys in the wrong place",
    "interval: 5m\napi_hostname: x\nlake: {pull: {}}\nfailing_after: 15m\n",
    '1:1: unknown key "interval", it belongs in pull of matano.config.yml',
    '2:1: unknown key "api_hostname", it belongs in managed.properties of log_source.yml',
    '3:8: unknown key "pull" in lake, it belongs in matano.config.yml',
    '4:1: unknown key "failing_after", it belongs in pull of matano.config.yml',
  ),
  inConfig(
    "an unknown key with the known ones",
    "secrets: {vault: x}\n",
    '1:11: unknown key "vault" in secrets; known here: store, label',
  ),
  inConfig(
    "a merge key",
    "pull: {<<: {interval: 5m}}\n",
    '1:8: unknown key "<<" in pull; known here: interval, look_back, backfill, hold_after_429, failing_after',
  ),
  inConfig(
    "values of the wrong kind",
    "lake: 5\nsecrets: []\npull: {interval: [5m]}\n",
    "1:7: lake must be a mapping, got 5",
    "2:10: secrets must be a mapping, got a list",
    `3:18: pull.interval ${DURATION}, got a list`,
  ),
  inConfig(
    "durations that are none",
    "pull:\n  interval: 300\n  look_back: 1 h\n  backfill: 1.5d\n  hold_after_429: 60S\n  failing_after: soon\n",
    `2:13: pull.interval ${DURATION}, got 300`,
    `3:14: pull.look_back ${DURATION}, got "1 h"`,
    `4:13: pull.backfill ${DURATION}, got "1.5d"`,
    `5:19: pull.hold_after_429 ${DURATION}, got "60S"`,
    `6:18: pull.failing_after ${DURATION}, got "soon"`,
  ),
  inConfig(
    "durations that are too short",
    "pull:\n  interval: 0s\n  hold_after_429: 0m\n",
    '2:13: pull.interval must be at least 1s (Duo allows about one request a minute to an endpoint, a shorter interval gains nothing), got "0s"',
    '3:19: pull.hold_after_429 must be at least 1s (asking again at once prolongs Duo\'s refusal), got "0m"',
  ),
  inConfig(
    "durations that are too long",
    "pull:\n  interval: 25h\n  look_back: 8d\n  backfill: 181d\n  hold_after_429: 16m\n",
    '2:13: pull.interval must be at most 1d, got "25h"',
    '3:14: pull.look_back must be at most 7d (every pull reads this much again), got "8d"',
    '4:13: pull.backfill must be at most 180d (Duo keeps its logs for 180 days), got "181d"',
    '5:19: pull.hold_after_429 must be at most 15m (the hold doubles up to 15m by itself), got "16m"',
  ),
  inConfig(
    "a database name that engines would not take",
    "lake: {database: My-Lake}\n",
    '1:18: lake.database must be 1 to 128 lower-case letters, digits and _, got "My-Lake"',
  ),
  inConfig(
    "an empty database name",
    'lake: {database: ""}\n',
    '1:18: lake.database must be 1 to 128 lower-case letters, digits and _, got ""',
  ),
  inConfig(
    "choices that there are not",
    "lake: {catalog: {type: hive}}\nsecrets: {store: vault}\n",
    '1:24: lake.catalog.type must be folder, glue or rest, got "hive"',
    '2:18: secrets.store must be local, aws or ssm, got "vault"',
  ),
  inConfig(
    "keys of a catalog that are not its type's",
    "lake: {catalog: {region: eu-central-1, catalog_id: '123456789012'}}\n",
    '1:26: lake.catalog.region is only for type glue, got "eu-central-1"',
    '1:52: lake.catalog.catalog_id is only for type glue, got "123456789012"',
  ),
  inConfig(
    "a REST catalog without an address",
    "lake: {catalog: {type: rest}}\n",
    "1:17: lake.catalog.uri is missing",
  ),
  inConfig(
    "a REST catalog with a password in its address, which is not repeated",
    "lake: {catalog: {type: rest, uri: 'https://me:secret@host/api'}}\n",
    "1:35: lake.catalog.uri must be a URL with http:// or https://, and no user, query or fragment in it",
  ),
  inConfig(
    "keys of an authentication that is not the catalog's",
    "lake: {catalog: {type: rest, uri: 'https://host', auth: bearer, oauth2: {scope: a}}}\n",
    "1:73: lake.catalog.oauth2 is only for auth oauth2, got a mapping",
  ),
  inConfig(
    "a token in the file",
    "lake: {catalog: {type: rest, uri: 'https://host', token: abc}}\n",
    '1:51: unknown key "token" in lake.catalog; known here: type, region, catalog_id, uri, warehouse, prefix, auth, oauth2, sigv4',
  ),
  inConfig(
    "a region and an account that are none",
    "lake: {catalog: {type: glue, region: Frankfurt, catalog_id: 123456789012}}\n",
    '1:38: lake.catalog.region must be the name of an AWS region, as eu-central-1, got "Frankfurt"',
    "1:61: lake.catalog.catalog_id must be text (put it in quotes), got 123456789012",
  ),
  inConfig(
    "a warehouse on another store",
    "lake: {warehouse: gs://b/x}\n",
    '1:19: lake.warehouse must be a folder or s3://bucket/prefix, got "gs://b/x"',
  ),
  inConfig(
    "a warehouse in no bucket",
    "lake: {warehouse: s3://B/x}\n",
    '1:19: lake.warehouse must be s3://bucket/prefix with a valid bucket name, got "s3://B/x"',
  ),
  inConfig(
    "a warehouse under the home folder",
    "lake: {warehouse: ~/lake}\n",
    '1:19: lake.warehouse must be written out: ~ is not replaced by the home folder, got "~/lake"',
  ),
  inConfig(
    "an empty warehouse",
    'lake: {warehouse: " "}\n',
    '1:19: lake.warehouse must not be empty, got " "',
  ),
];
