import type { Column } from "../../../src/core/columns.ts";
import { systemClock } from "../../../src/core/clock.ts";
import type { Row } from "../../../src/core/row.ts";
import type { Lake, LakeTable, RefusedRow } from "../../../src/lake/lake.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { SMALL_COLUMNS } from "./columns.ts";

export const CURSOR = "app.cursor";

/** A lake in a folder. */
export function testLake(warehouse: string, store?: Store): Promise<Lake> {
  return openLake({
    warehouse,
    database: "matano",
    catalog: { type: "folder" },
    clock: systemClock,
    ...(store === undefined ? {} : { store }),
  });
}

/** A new table whose cursor is `0`. */
export async function testTable(
  warehouse: string,
  options: { readonly columns?: readonly Column[]; readonly properties?: Record<string, string> } = {},
): Promise<{ lake: Lake; table: LakeTable }> {
  const lake = await testLake(warehouse);
  const table = await lake.create("duo_auth", {
    columns: options.columns ?? SMALL_COLUMNS,
    properties: { [CURSOR]: "0", ...options.properties },
  });
  return { lake, table };
}

/** Appends rows in one commit and moves the cursor by one. */
export async function append(
  table: LakeTable,
  rows: readonly Row[],
): Promise<{ table: LakeTable; refused: readonly RefusedRow[] }> {
  const writer = table.writer();
  for (const row of rows) writer.add(row);
  const { files, refused } = await writer.finish();
  const from = table.properties[CURSOR] ?? "0";
  const to = String(Number(from) + 1);
  const committed = await table.commit({
    files,
    setProperties: { [CURSOR]: to },
    compareAndSet: { key: CURSOR, from, to },
  });
  return { table: committed, refused };
}
