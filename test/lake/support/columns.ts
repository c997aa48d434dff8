import type { Column } from "../../../src/core/columns.ts";

/** A small table with a struct and a list. */
export const SMALL_COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz", doc: "When it happened." },
  {
    name: "event",
    type: {
      type: "struct",
      fields: [
        { name: "hash", type: "string" },
        { name: "tags", type: { type: "list", element: "string" } },
      ],
    },
  },
  { name: "n", type: "int" },
];

/** One column of every type that can be written, plain, in a struct and in lists. */
export const EVERY_TYPE_COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "flag", type: "boolean" },
  { name: "i", type: "int" },
  { name: "l", type: "long" },
  { name: "f", type: "float" },
  { name: "d", type: "double" },
  { name: "day", type: "date" },
  { name: "clock", type: "time" },
  { name: "local", type: "timestamp" },
  { name: "text", type: "string" },
  { name: "uid", type: "uuid" },
  { name: "raw", type: "binary" },
  { name: "small_money", type: "decimal(9,2)" },
  { name: "large_money", type: "decimal(38,10)" },
  {
    name: "nested",
    type: {
      type: "struct",
      fields: [
        { name: "flag", type: "boolean" },
        { name: "l", type: "long" },
        { name: "odd \"name'", type: "string" },
        { name: "texts", type: { type: "list", element: "string" } },
        {
          name: "things",
          type: {
            type: "list",
            element: {
              type: "struct",
              fields: [
                { name: "a", type: "int" },
                { name: "deep", type: { type: "list", element: { type: "list", element: "double" } } },
              ],
            },
          },
        },
      ],
    },
  },
];
