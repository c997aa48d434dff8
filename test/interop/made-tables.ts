import type { Column } from "../../src/core/columns.ts";
import type { Row } from "../../src/core/row.ts";
import type { Lake, LakeTable, StagedFile } from "../../src/lake/lake.ts";
import { SPECIAL_TEXTS } from "./special-events.ts";

/** A table with rows that no log has: the writer's own rows are what readers must find. */
export interface MadeTable {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** What each append moves on by one. */
export const CURSOR = "interop.cursor";
const DAY_MS = 86_400_000;

const FIRST_COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "id", type: "string" },
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
  { name: "money", type: "decimal(9,2)" },
  { name: "large", type: "decimal(38,10)" },
  { name: "never", type: "string" },
  { name: "nested", type: nestedType([], []) },
];

/** What the table gets later: columns at every depth, and each promotion that the format allows. */
const LATER_COLUMNS: readonly Column[] = [
  ...FIRST_COLUMNS.map((column): Column => {
    if (column.name === "i") return { name: "i", type: "long" };
    if (column.name === "f") return { name: "f", type: "double" };
    if (column.name === "money") return { name: "money", type: "decimal(12,2)" };
    if (column.name !== "nested") return column;
    return {
      name: "nested",
      type: nestedType([{ name: "later", type: "string" }], [{ name: "later", type: "long" }]),
    };
  }),
  { name: "later", type: "boolean" },
  {
    name: "later_struct",
    type: {
      type: "struct",
      fields: [
        { name: "a", type: "timestamptz" },
        { name: "b", type: { type: "list", element: "int" } },
      ],
    },
  },
];

function nestedType(fields: readonly Column[], inList: readonly Column[]): Column["type"] {
  return {
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
              ...inList,
            ],
          },
        },
      },
      ...fields,
    ],
  };
}

/**
 * Makes `made_types`: a column of every type, extreme values, days before 1970, several commits with merged manifests, new
 * and promoted columns in between; and `made_empty`, which nobody ever wrote to.
 */
export async function makeTables(lake: Lake): Promise<MadeTable[]> {
  const properties = { [CURSOR]: "0", "commit.manifest.min-count-to-merge": "3" };
  await lake.create("made_empty", { columns: FIRST_COLUMNS, properties: {} });
  let table = await lake.create("made_types", { columns: FIRST_COLUMNS, properties });
  const rows: Row[] = [];
  const commit = async (batch: readonly Row[]): Promise<void> => {
    rows.push(...batch);
    table = await append(table, batch);
  };
  await commit(extremes(0));
  await commit(texts());
  await commit([{ ts: instant(0), id: "true only", flag: true, nested: { flag: false } }]);
  table = await lake.evolve(table, LATER_COLUMNS);
  await commit(extremes(1).map((row, i) => Object.assign(row, { id: `later ${i}` }, laterValues(i))));
  for (let i = 0; i < 4; i += 1) await commit([{ ts: instant(i), id: `last ${i}`, later: i % 2 === 0 }]);
  return [
    { name: "made_types", rows },
    { name: "made_empty", rows: [] },
  ];
}

/** Appends rows in one commit. */
export async function append(table: LakeTable, rows: readonly Row[]): Promise<LakeTable> {
  const files = await stage(table, rows);
  const from = table.properties[CURSOR];
  const to = String(Number(from) + 1);
  return table.commit({ files, setProperties: { [CURSOR]: to }, compareAndSet: { key: CURSOR, from, to } });
}

/** Writes rows to files that no snapshot holds yet. */
export async function stage(table: LakeTable, rows: readonly Row[]): Promise<readonly StagedFile[]> {
  const writer = table.writer();
  for (const row of rows) writer.add(row);
  const { files, refused } = await writer.finish();
  if (refused.length > 0) throw new Error(`Cannot fill ${table.name}: ${refused[0]?.reason}`);
  return files;
}

function texts(): Row[] {
  return SPECIAL_TEXTS.map((text, i) => ({
    ts: instant(2, i),
    id: `text ${i}`,
    text: text.toWellFormed(),
    nested: { "odd \"name'": text.toWellFormed(), texts: [text.toWellFormed(), null, ""], things: [] },
  }));
}

function extremes(shift: number): Row[] {
  const low: Row = {
    ts: "1950-01-01T00:00:00.000001Z",
    id: "low",
    flag: false,
    i: -(2 ** 31),
    l: -(2n ** 63n),
    f: -3.4028234663852886e38,
    d: -Number.MAX_VALUE,
    day: "1900-02-28",
    clock: "00:00:00",
    local: "1969-12-31T23:59:59.999999Z",
    text: "a",
    uid: "00000000-0000-0000-0000-000000000001",
    raw: "\u0000 \\x01",
    money: "-9999999.99",
    large: "-9999999999999999999999999999.9999999999",
    nested: { flag: true, l: 2n ** 53n + 1n, texts: null, things: [{ a: -1, deep: [[0.1, -5e-324], []] }] },
  };
  const high: Row = {
    ts: "2099-12-31T23:59:59.999999Z",
    id: "high",
    flag: true,
    i: 2 ** 31 - 1,
    l: 2n ** 63n - 1n,
    f: 3.4028234663852886e38,
    d: Number.MIN_VALUE,
    day: "2099-12-31",
    clock: "23:59:59.999999",
    local: "2100-01-01T00:00:00Z",
    text: "\u{10FFFF}",
    uid: "ffffffff-ffff-ffff-ffff-ffffffffffff",
    raw: "\u{10FFFF}".repeat(20),
    money: "9999999.99",
    large: "9999999999999999999999999999.9999999999",
    nested: {
      flag: false,
      l: -(2n ** 53n) - 1n,
      texts: [],
      things: [
        { a: null, deep: null },
        { a: 1, deep: [] },
      ],
    },
  };
  const middle: Row = {
    ts: instant(shift),
    id: "middle",
    f: Math.fround(0.1),
    d: 0.1,
    i: 0,
    l: 0,
    money: "0.01",
    large: "0",
    raw: "abc",
  };
  const before = "1969-12-31T23:59:59.999999Z";
  return [
    low,
    high,
    middle,
    { ...middle, ts: before, id: "before 1970" },
    { ts: instant(shift), id: "nulls" },
  ];
}

function laterValues(i: number): Record<string, NonNullable<Row[string]>> {
  return {
    i: 2n ** 62n + BigInt(i),
    f: 1e300,
    money: "-9999999999.99",
    later: true,
    later_struct: { a: instant(i, 1), b: [1, i] },
    nested: { later: "ü", things: [{ a: 1, deep: [], later: 2n ** 62n }] },
  };
}

function instant(day: number, second = 0): string {
  return new Date(Date.UTC(2026, 2, 1, 23, 59, 0) + day * DAY_MS + second * 1000)
    .toISOString()
    .replace("000Z", "000123Z");
}
