import type { Column, ColumnType } from "../../src/core/columns.ts";
import type { Row } from "../../src/core/row.ts";
import type { Lake } from "../../src/lake/lake.ts";
import { append, CURSOR, type MadeTable } from "./made-tables.ts";

const OWN: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "id", type: "string" },
];
const struct = (...fields: Column[]): ColumnType => ({ type: "struct", fields });
const list = (element: ColumnType): ColumnType => ({ type: "list", element });

interface Step {
  readonly columns: readonly Column[];
  readonly values: Omit<Row, "ts">;
}

/** The columns of each time, beside `OWN`, and the values of a row of then. */
const STEPS: readonly Step[] = [
  {
    columns: [
      { name: "s", type: struct({ name: "a", type: "int" }) },
      { name: "things", type: list(struct({ name: "x", type: "float" })) },
    ],
    values: { s: { a: 1 }, things: [{ x: 0.5 }, null] },
  },
  // Members of structs, also in a list, and a promotion in each.
  {
    columns: [
      { name: "s", type: struct({ name: "a", type: "long" }, { name: "b", type: "decimal(5,2)" }) },
      { name: "things", type: list(struct({ name: "x", type: "double" }, { name: "y", type: "string" })) },
    ],
    values: { s: { a: 2n ** 62n, b: "1.25" }, things: [{ x: 0.1, y: "ü" }, { y: null }] },
  },
  // A struct in a struct; a column goes, and its rows stay.
  {
    columns: [
      {
        name: "s",
        type: struct(
          { name: "b", type: "decimal(9,2)" },
          { name: "deep", type: struct({ name: "texts", type: list("string") }, { name: "n", type: "int" }) },
        ),
      },
    ],
    values: { s: { b: "-1234567.89", deep: { texts: ["a", null], n: -1 } } },
  },
  // What had gone comes back, and the new struct grows and widens.
  {
    columns: [
      {
        name: "s",
        type: struct(
          { name: "a", type: "long" },
          { name: "deep", type: struct({ name: "n", type: "long" }, { name: "at", type: "timestamptz" }) },
        ),
      },
      {
        name: "things",
        type: list(struct({ name: "x", type: "double" }, { name: "more", type: list(list("int")) })),
      },
    ],
    values: {
      s: { a: -1, deep: { texts: [], n: 2n ** 53n + 1n, at: "2026-03-01T00:00:00.000001Z" } },
      things: [{ x: 1e300, y: "z", more: [[1], [], null] }],
    },
  },
];

/**
 * Makes `made_evolved`: its columns were changed again and again, in structs, lists of structs and by promotions, with appends in
 * between; the files of the first three times were made one.
 */
export async function makeEvolvedTable(lake: Lake): Promise<MadeTable> {
  const name = "made_evolved";
  let table = await lake.create(name, { columns: OWN, properties: { [CURSOR]: "0" } });
  const rows: Row[] = [];
  for (const [step, { columns, values }] of STEPS.entries()) {
    table = await lake.evolve(table, [...OWN, ...columns]);
    const batch: Row[] = [
      { ...values, ts: `2026-03-01T0${step}:00:00Z`, id: `step ${step}` },
      { ts: `2026-03-01T0${step}:30:00Z`, id: `step ${step}, nulls` },
    ];
    table = await append(table, batch);
    rows.push(...batch);
    if (step === 2) {
      await lake.maintain(name);
      table = await table.reload();
    }
  }
  const { length } = await table.files();
  if (length !== 2) throw new Error(`Cannot make ${name}: its first files must be one, got ${length} files`);
  return { name, rows };
}
