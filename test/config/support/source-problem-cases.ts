import { GOOD_SOURCE } from "./directory.ts";
import { SOURCE, inAuth, inSource } from "./problem-case.ts";
import type { ProblemCase } from "./problem-case.ts";

const KNOWN_TABLES = "(known: admin, auth, offline_enrollment, summary, telephony, activity, trust_monitor)";

export const SOURCE_CASES: readonly ProblemCase[] = [
  inSource("an empty log_source.yml", "", "1:1: managed is missing", "1:1: name is missing"),
  inSource("a missing name", GOOD_SOURCE.replace("name: duo\n", ""), "1:1: name is missing"),
  inSource("a name without value", GOOD_SOURCE.replace("name: duo", "name:"), "1:1: name has no value"),
  inSource(
    "missing properties",
    "# one account\nname: duo\nmanaged:\n  type: DUO\n",
    "4:3: managed.properties is missing",
  ),
  inSource(
    "missing credentials at their mapping",
    "name: duo\nmanaged:\n  type: DUO\n  properties:\n    admin_stream: auto\n",
    "5:5: managed.properties.api_hostname is missing",
    "5:5: managed.properties.integration_key is missing",
  ),
  inSource("a log source named duo that is not managed", "name: duo_x\n", "1:1: managed is missing"),
  inSource(
    "an unknown type",
    GOOD_SOURCE.replace("DUO", "DUOO"),
    '3:9: managed.type must be DUO, the one type known here, got "DUOO"',
  ),
  inSource(
    "a type that is not text",
    GOOD_SOURCE.replace("DUO", "7"),
    "3:9: managed.type must be text (put it in quotes), got 7",
  ),
  inSource("a missing type", GOOD_SOURCE.replace("  type: DUO\n", ""), "3:3: managed.type is missing"),
  inSource("a nameless log source of another type", "managed: {type: OKTA}\n", "1:1: name is missing"),
  inSource(
    "the secret key in the file, without quoting it",
    `${GOOD_SOURCE}    secret_key: TOPSECRET\n`,
    "7:5: secret_key must never stand in a file: remove it, and store the key with `duolake secret set <log source>`; if others could read the file, let Duo make a new key first",
  ),
  inSource(
    "a secret key at the top, in another spelling",
    `skey: TOPSECRET\n${GOOD_SOURCE}`,
    "1:1: skey must never stand in a file: remove it, and store the key with `duolake secret set <log source>`; if others could read the file, let Duo make a new key first",
  ),
  inSource(
    "child accounts that are no ids",
    `${GOOD_SOURCE}    accounts: [DAK1L2M3N4O5P6Q7R8S9, x, DIK1L2M3N4O5P6Q7R8S9, 5]\n`,
    '7:38: managed.properties.accounts[1] must be an account id: DA and 18 capital letters or digits, got "x"',
    '7:41: managed.properties.accounts[2] must be an account id: DA and 18 capital letters or digits, got "DIK1L2M3N4O5P6Q7R8S9"',
    "7:63: managed.properties.accounts[3] must be text (put it in quotes), got 5",
  ),
  inSource(
    "an empty list of child accounts",
    `${GOOD_SOURCE}    accounts: []\n`,
    "7:15: managed.properties.accounts must name at least one account; leave accounts out to pull the account itself, got a list",
  ),
  ...[
    ["an id outside of a list", "DAK1L2M3N4O5P6Q7R8S9", '"DAK1L2M3N4O5P6Q7R8S9"'],
    ["another word", "ALL", '"ALL"'],
    ["a switch", "true", "true"],
    ["a mapping", "{all: yes}", "a mapping"],
  ].map(([what = "", value = "", got = ""]) =>
    inSource(
      `${what} as child accounts`,
      `${GOOD_SOURCE}    accounts: ${value}\n`,
      `7:15: managed.properties.accounts must be all or a list of account ids, got ${got}`,
    ),
  ),
  inSource(
    "a misspelled and a misplaced key for child accounts",
    `accounts: all\n${GOOD_SOURCE}    acounts: all\n`,
    '1:1: unknown key "accounts", it belongs in managed.properties of log_source.yml',
    '8:5: unknown key "acounts" in managed.properties, did you mean accounts?',
  ),
  inSource(
    "an unknown stream",
    `${GOOD_SOURCE}    admin_stream: v2\n`,
    '7:19: managed.properties.admin_stream must be auto, v1 or activity, got "v2"',
  ),
  inSource(
    "a transform",
    `${GOOD_SOURCE}transform: |\n  .user.name = "x"\n`,
    "7:12: transform is not supported yet: the rows would be stored without it; remove it or leave it empty",
  ),
  inSource(
    "an integration key with a colon",
    GOOD_SOURCE.replace("DI62OFKPBEXHLW1DOB8A", '"a:b"'),
    "6:22: managed.properties.integration_key must be 1 to 64 printable characters without blanks and colons",
  ),
  inSource(
    "partitions",
    `${GOOD_SOURCE}schema:\n  partitions:\n    - {column: user, transform: month}\npartitions: [day]\n`,
    '9:16: schema.partitions[0].column must be ts: every table is partitioned by the day of ts, got "user"',
    '9:33: schema.partitions[0].transform must be day: every table is partitioned by the day of ts, got "month"',
    '10:14: partitions[0] must be a mapping, got "day"',
  ),
  ...[
    [
      "a URL",
      "https://api-eac94d5a.duosecurity.com/admin/v1",
      "must be the bare hostname: write api-eac94d5a.duosecurity.com",
    ],
    [
      "a port",
      "api-eac94d5a.duosecurity.com:443",
      "must be the bare hostname: write api-eac94d5a.duosecurity.com",
    ],
    [
      "the Admin Panel",
      "admin-eac94d5a.duosecurity.com",
      "is the address of the Admin Panel; the API hostname is probably api-eac94d5a.duosecurity.com",
    ],
    [
      "a foreign host",
      "duosecurity.com.example.org",
      "must be a host under duosecurity.com or duofederal.com, such as api-xxxxxxxx.duosecurity.com",
    ],
    [
      "a bare domain",
      "duosecurity.com",
      "must be a host under duosecurity.com or duofederal.com, such as api-xxxxxxxx.duosecurity.com",
    ],
    [
      "a look-alike",
      "api-xduosecurity.com",
      "must be a host under duosecurity.com or duofederal.com, such as api-xxxxxxxx.duosecurity.com",
    ],
  ].map(([what = "", host = "", message = ""]) =>
    inSource(
      `${what} as api_hostname`,
      GOOD_SOURCE.replace("api-eac94d5a.duosecurity.com", host),
      `5:19: managed.properties.api_hostname ${message}, got ${JSON.stringify(host)}`,
    ),
  ),
  {
    what: "a folder without log_source.yml",
    files: { "log_sources/duo/tables/auth.yml": "" },
    lines: [
      "log_sources/duo/log_source.yml:1:1: the file does not exist, but its folder does: every log source needs it",
    ],
  },
  {
    what: "two log sources with one name",
    files: { "log_sources/a/log_source.yml": GOOD_SOURCE, "log_sources/b/log_source.yml": GOOD_SOURCE },
    lines: [
      "log_sources/b/log_source.yml:1:7: the name duo is already taken by log_sources/a/log_source.yml",
    ],
  },
];

export const TABLE_CASES: readonly ProblemCase[] = [
  inAuth("a table file that is a list", "- auth\n", "1:1: the file must be a mapping, got a list"),
  inAuth("a name that is not text", "name: 5\n", "1:7: name must be text (put it in quotes), got 5"),
  inAuth(
    "another table's name",
    "name: admin\n",
    "1:7: the table auth cannot be called admin: its name is fixed",
  ),
  inAuth("an unknown name", "# x\nname: login\n", `2:7: there is no Duo table "login" ${KNOWN_TABLES}`),
  inAuth(
    "a transform in a table",
    "transform: abort\n",
    "1:12: transform is not supported yet: the rows would be stored without it; remove it or leave it empty",
  ),
  inAuth(
    "keys of a log source in a table",
    "managed: {}\n",
    '1:1: unknown key "managed", it belongs in log_source.yml',
  ),
  {
    what: "unknown tables, with what was probably meant",
    files: {
      [SOURCE]: GOOD_SOURCE,
      "log_sources/duo/tables/auht.yml": "",
      "log_sources/duo/tables/default.yml": "{}",
    },
    lines: [
      `log_sources/duo/tables/auht.yml:1:1: there is no Duo table "auht", did you mean auth? ${KNOWN_TABLES}`,
      `log_sources/duo/tables/default.yml:1:1: there is no Duo table "default" ${KNOWN_TABLES}`,
    ],
  },
  {
    what: "two files with one table",
    files: {
      [SOURCE]: GOOD_SOURCE,
      "log_sources/duo/tables/auth.yml": "",
      "log_sources/duo/tables/mine.yml": "name: auth\n",
    },
    lines: [
      "log_sources/duo/tables/mine.yml:1:7: the table auth is already defined in log_sources/duo/tables/auth.yml",
    ],
  },
];
