import { GOOD_SOURCE } from "./directory.ts";
import { AUTH, SOURCE, inAuth } from "./problem-case.ts";
import type { ProblemCase } from "./problem-case.ts";

export const SCHEMA_CASES: readonly ProblemCase[] = [
  inAuth(
    "unknown ECS names",
    "schema:\n  ecs_field_names: [user.nam, evnt, nonsense.thing, user.name.first]\n",
    '2:21: "user.nam" is not a field of the Elastic Common Schema: did you mean user.name?',
    '2:31: "evnt" is not a field of the Elastic Common Schema: did you mean event?',
    '2:37: "nonsense.thing" is not a field of the Elastic Common Schema: a column of your own belongs in fields',
    '2:53: "user.name.first" is not a field of the Elastic Common Schema: a column of your own belongs in fields',
  ),
  inAuth(
    "an ECS name that is not text",
    "schema: {ecs_field_names: [5], fields: {a: string}}\n",
    "1:28: schema.ecs_field_names[0] must be text (put it in quotes), got 5",
    "1:40: schema.fields must be a list, got a mapping",
  ),
  inAuth(
    "unknown types",
    "schema:\n  fields:\n    - {name: a, type: strng}\n    - {name: b, type: keyword}\n    - {name: c, type: whatever_it_is}\n    - {name: d, type: 5}\n",
    '3:23: schema.fields[0].type must be a type (did you mean string?), got "strng"',
    '4:23: schema.fields[1].type must be a type (did you mean string?), got "keyword"',
    '5:23: schema.fields[2].type must be a type (one of boolean, int, long, float, double, date, time, timestamp, timestamptz, string, uuid, binary, fixed[n], decimal(p,s)), got "whatever_it_is"',
    "6:23: schema.fields[3].type must be the name of a type, {type: struct, fields: […]} or {type: list, element: …}, got 5",
  ),
  inAuth(
    "sizes out of range",
    "schema:\n  fields:\n    - {name: a, type: 'decimal(39,2)'}\n    - {name: b, type: 'decimal(3,4)'}\n    - {name: c, type: 'fixed[0]'}\n",
    '3:23: schema.fields[0].type must have 1 to 38 digits, at most as many of them after the point, got "decimal(39,2)"',
    '4:23: schema.fields[1].type must have 1 to 38 digits, at most as many of them after the point, got "decimal(3,4)"',
    '5:23: schema.fields[2].type must have at least one byte, got "fixed[0]"',
  ),
  inAuth(
    "maps",
    "schema:\n  fields:\n    - {name: a, type: {type: map, key: string, value: string}}\n    - {name: b, type: map}\n",
    '3:30: schema.fields[0].type.type must be struct or list: maps are not supported, use a struct, got "map"',
    '4:23: schema.fields[1].type must not be a map: maps are not supported, use a struct, got "map"',
  ),
  inAuth(
    "struct and list without their parts",
    "schema:\n  fields:\n    - {name: a, type: {type: struct}}\n    - {name: b, type: {type: list}}\n    - {name: c, type: {fields: []}}\n    - {type: string}\n",
    "3:23: schema.fields[0].type.fields is missing",
    "4:23: schema.fields[1].type.element is missing",
    "5:23: schema.fields[2].type.type is missing",
    "6:7: schema.fields[3].name is missing",
  ),
  inAuth(
    "problems deep inside a type",
    "schema:\n  fields:\n    - name: a\n      type:\n        type: list\n        element:\n          type: struct\n          fields:\n            - {name: Bad, type: lng}\n            - {name: b, tpye: long}\n",
    '9:22: schema.fields[0].type.element.fields[0].name must be a column name: lower-case letters, digits and _, not starting with a digit, got "Bad"',
    '9:33: schema.fields[0].type.element.fields[0].type must be a type (did you mean long?), got "lng"',
    "10:15: schema.fields[0].type.element.fields[1].type is missing",
    '10:25: unknown key "tpye" in schema.fields[0].type.element.fields[1], did you mean type?',
  ),
  inAuth(
    "column names that engines would not take",
    "schema:\n  fields:\n    - {name: Upper, type: long}\n    - {name: 1st, type: long}\n    - {name: a.b, type: long}\n",
    ...[
      "3:14: schema.fields[0].name|Upper",
      "4:14: schema.fields[1].name|1st",
      "5:14: schema.fields[2].name|a.b",
    ].map((line) =>
      line.replace(
        /\|(.*)/,
        ' must be a column name: lower-case letters, digits and _, not starting with a digit, got "$1"',
      ),
    ),
  ),
  inAuth(
    "a column written twice",
    "schema:\n  fields:\n    - {name: a, type: long}\n    - {name: a, type: long}\n",
    "4:14: the column a is written twice",
  ),
  inAuth(
    "a time column of one's own",
    "schema: {fields: [{name: ts, type: string}]}\n",
    "1:26: ts is every table's time column and cannot be defined",
  ),
  inAuth(
    "columns that are ECS fields",
    "schema:\n  fields:\n    - {name: message, type: string}\n    - {name: user, type: string}\n    - {name: event, type: {type: struct, fields: [{name: kind, type: long}, {name: note, type: string}]}}\n    - {name: tags, type: {type: list, element: string}}\n",
    "3:14: message is a field (string) of the Elastic Common Schema: name it in ecs_field_names instead",
    "4:14: user is a group of fields of the Elastic Common Schema: name it in ecs_field_names instead",
    "5:58: event.kind is a field (string) of the Elastic Common Schema: name it in ecs_field_names instead",
    "6:14: tags is a field (list<string>) of the Elastic Common Schema: name it in ecs_field_names instead",
  ),
  inAuth(
    "conflicts with the table's columns",
    "schema:\n  fields:\n    - name: duo\n      type:\n        type: struct\n        fields:\n          - {name: auth, type: {type: struct, fields: [{name: key, type: long}]}}\n",
    "7:74: duo.auth.key cannot be long: in the table auth it is string",
  ),
  {
    what: "a conflict between the log source and the table, at the table",
    files: {
      [SOURCE]: `${GOOD_SOURCE}schema: {fields: [{name: score, type: long}]}\n`,
      [AUTH]: "schema: {fields: [{name: score, type: {type: list, element: long}}]}\n",
      "log_sources/duo/tables/admin.yml": "schema: {fields: [{name: score, type: long}]}\n",
    },
    lines: [`${AUTH}:1:39: score cannot be list<long>: in the table auth it is long`],
  },
  {
    what: "wrong values and conflicts of one file together",
    files: {
      [SOURCE]: GOOD_SOURCE,
      [AUTH]: "nme: auth\nschema:\n  ecs_field_names: [usr]\n  fields: [{name: duo, type: string}]\n",
    },
    lines: [
      `${AUTH}:1:1: unknown key "nme", did you mean name?`,
      `${AUTH}:3:21: "usr" is not a field of the Elastic Common Schema: did you mean user?`,
      `${AUTH}:4:30: duo cannot be string: in the table auth it is struct`,
    ],
  },
];
