import type { Column } from "../../src/core/columns.ts";
import type { Row } from "../../src/core/row.ts";
import type { Lake, LakeTable } from "../../src/lake/lake.ts";
import { append, CURSOR, type MadeTable, stage } from "./made-tables.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "id", type: "string" },
  { name: "mapping", type: "int" },
];
const DAYS = [1, 2, 3];

/**
 * Makes `made_replaced`: three files of each of three days, of which those of the first day became one, those of the second
 * have other rows, and one of the third went; a column was added in between, and appends came after each step.
 */
export async function makeReplacedTable(lake: Lake): Promise<MadeTable> {
  const properties = { [CURSOR]: "0", "commit.manifest.min-count-to-merge": "4" };
  let table = await lake.create("made_replaced", { columns: COLUMNS, properties });
  for (const hour of [1, 2, 3]) {
    const rows = DAYS.map((day) => rowAt(day, hour));
    table = await append(table, rows);
  }

  const compacted = [1, 2, 3].map((hour) => rowAt(1, hour));
  table = await replace(table, { day: 1, rows: compacted, operation: "replace" });
  const fourth = rowAt(4, 1);
  table = await append(table, [fourth]);

  table = await lake.evolve(table, [...COLUMNS, { name: "later", type: "string" }]);
  const mapped = [1, 2, 3].map((hour) => Object.assign(rowAt(2, hour), { mapping: 2, later: "ü" }));
  table = await replace(table, { day: 2, rows: mapped, operation: "overwrite" });
  const fifth = rowAt(5, 1);
  table = await append(table, [fifth]);

  table = await replace(table, { day: 3, rows: [], operation: "overwrite", fileCount: 1 });
  const left = [2, 3].map((hour) => rowAt(3, hour));
  return { name: table.name, rows: [...compacted, ...mapped, ...left, fourth, fifth] };
}

function rowAt(day: number, hour: number): Row {
  return { ts: `2026-03-0${day}T0${hour}:00:00.000001Z`, id: `day ${day} hour ${hour}`, mapping: 1 };
}

/** Puts rows in the place of a day's files, or of the earliest of them. */
async function replace(
  table: LakeTable,
  options: {
    readonly day: number;
    readonly rows: readonly Row[];
    readonly operation: "replace" | "overwrite";
    readonly fileCount?: number;
  },
): Promise<LakeTable> {
  const { day, rows, operation, fileCount } = options;
  const removed = (await filesOfDay(table, day)).slice(0, fileCount);
  const files = await stage(table, rows);
  return table.commit({ files, removed, operation, setProperties: { "interop.replaced": String(day) } });
}

async function filesOfDay(table: LakeTable, day: number): ReturnType<LakeTable["files"]> {
  const files = await table.files();
  return files
    .filter(({ path }) => path.includes(`ts_day=2026-03-0${day}`))
    .toSorted((a, b) => (a.tsMinUs ?? 0) - (b.tsMinUs ?? 0));
}
