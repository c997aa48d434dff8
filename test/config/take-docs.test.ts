import { expect, test } from "vitest";

import type { Column } from "../../src/core/columns.ts";
import { takeDocs } from "../../src/config/take-docs.ts";

function struct(name: string, fields: readonly Column[], doc?: string): Column {
  return { name, type: { type: "struct", fields }, ...(doc === undefined ? {} : { doc }) };
}

test("takeDocs replaces the descriptions of the columns that both have, inside structs too", () => {
  const columns = [
    struct("a", [
      { name: "x", type: "string", doc: "old" },
      { name: "y", type: "long", doc: "stays" },
    ]),
    { name: "b", type: "string" },
  ] as const;
  const from = [
    struct("a", [{ name: "x", type: "string", doc: "new" }], "group"),
    { name: "c", type: "long" },
  ] as const;
  expect(takeDocs(columns, from)).toEqual([
    struct(
      "a",
      [
        { name: "x", type: "string", doc: "new" },
        { name: "y", type: "long", doc: "stays" },
      ],
      "group",
    ),
    { name: "b", type: "string" },
  ]);
});

test("takeDocs keeps a description where the other column has none, and every type", () => {
  const columns: readonly Column[] = [
    struct("a", [{ name: "x", type: "string", doc: "stays" }]),
    { name: "l", type: { type: "list", element: "string" }, doc: "old" },
  ];
  const from: readonly Column[] = [
    struct("a", [{ name: "x", type: "long" }]),
    struct("l", [{ name: "y", type: "string", doc: "elsewhere" }], "new"),
  ];
  expect(takeDocs(columns, from)).toEqual([columns[0], { ...columns[1], doc: "new" }]);
});
