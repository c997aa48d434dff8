import type { Column, ColumnType } from "../../../src/core/columns.ts";
import type { EcsFields } from "../../../src/config/ecs-fields.ts";
import type { KnownTable } from "../../../src/config/load-tables.ts";

/** A small ECS, enough to have leaves, groups, lists and a list of structs. */
const ECS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "message", type: "string" },
  { name: "labels", type: "string" },
  { name: "tags", type: { type: "list", element: "string" } },
  {
    name: "event",
    type: {
      type: "struct",
      fields: [
        { name: "action", type: "string" },
        { name: "category", type: { type: "list", element: "string" } },
        { name: "created", type: "timestamptz" },
        { name: "kind", type: "string" },
        { name: "severity", type: "long" },
      ],
    },
  },
  {
    name: "user",
    type: {
      type: "struct",
      fields: [
        { name: "email", type: "string" },
        { name: "name", type: "string" },
        { name: "roles", type: { type: "list", element: "string" } },
      ],
    },
  },
  {
    name: "dns",
    type: {
      type: "struct",
      fields: [
        {
          name: "answers",
          type: {
            type: "list",
            element: {
              type: "struct",
              fields: [
                { name: "data", type: "string" },
                { name: "ttl", type: "long" },
              ],
            },
          },
        },
      ],
    },
  },
];

export const testEcs: EcsFields = {
  lookup: (name) => {
    let type: ColumnType | undefined = { type: "struct", fields: ECS };
    for (const part of name.split(".")) {
      while (typeof type === "object" && type.type === "list") type = type.element;
      type =
        typeof type === "object" && type.type === "struct"
          ? type.fields.find((field) => field.name === part)?.type
          : undefined;
    }
    return type;
  },
  names: () => [
    "ts",
    "message",
    "labels",
    "tags",
    "event.action",
    "event.category",
    "event.created",
    "event.kind",
    "event.severity",
    "user.email",
    "user.name",
    "user.roles",
    "dns.answers.data",
    "dns.answers.ttl",
  ],
};

function table(name: string): KnownTable {
  return {
    name,
    columns: () => [
      { name: "ts", type: "timestamptz", doc: "When it happened." },
      { name: "message", type: "string", doc: "The text." },
      { name: "event", type: { type: "struct", fields: [{ name: "kind", type: "string", doc: "event" }] } },
      {
        name: "duo",
        type: {
          type: "struct",
          fields: [{ name: name, type: { type: "struct", fields: [{ name: "key", type: "string" }] } }],
        },
      },
    ],
  };
}

export const testTables: readonly KnownTable[] = [
  "admin",
  "auth",
  "offline_enrollment",
  "summary",
  "telephony",
  "activity",
  "trust_monitor",
].map(table);
