import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Column } from "../../../src/core/columns.ts";
import { type Clock, systemClock } from "../../../src/core/clock.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Row } from "../../../src/core/row.ts";
import type { Lake, LakeTable } from "../../../src/lake/lake.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { openQuery, type QueryOptions } from "../../../src/query/open-query.ts";

const CURSOR = "test.cursor";

export interface QueryLake extends AsyncDisposable {
  readonly lake: Lake;
  readonly warehouse: string;
  /** Makes a table with these rows; without rows it has no snapshot. */
  readonly create: (name: string, columns: readonly Column[], rows: readonly Row[]) => Promise<void>;
  /** Appends rows in one commit. */
  readonly append: (name: string, rows: readonly Row[]) => Promise<LakeTable>;
  /** Asks, and reads the whole answer. */
  readonly ask: (sql: string, options?: QueryOptions) => Promise<Whole>;
}

export interface Whole {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
}

export async function queryLake({
  clock = systemClock,
}: { readonly clock?: Clock } = {}): Promise<QueryLake> {
  const warehouse = await mkdtemp(join(tmpdir(), "duolake-query-test-"));
  const lake = await openLake({
    warehouse,
    database: "matano",
    catalog: { type: "folder" },
    clock,
  });
  const append = async (name: string, rows: readonly Row[]): Promise<LakeTable> => {
    const table = await lake.load(name);
    if (table === undefined) throw new Error(`there is no table ${name}`);
    const writer = table.writer();
    for (const row of rows) writer.add(row);
    const { files } = await writer.finish();
    const from = table.properties[CURSOR] ?? "0";
    const to = String(Number(from) + 1);
    return table.commit({
      files,
      setProperties: { [CURSOR]: to },
      compareAndSet: { key: CURSOR, from, to },
    });
  };
  return {
    lake,
    warehouse,
    create: async (name, columns, rows) => {
      await lake.create(name, { columns, properties: { [CURSOR]: "0" } });
      if (rows.length > 0) await append(name, rows);
    },
    append,
    ask: async (sql, options) => {
      const { columns, rows } = await openQuery(lake, sql, options);
      const all: (readonly Json[])[] = [];
      for await (const some of rows) all.push(...some);
      return { columns, rows: all };
    },
    [Symbol.asyncDispose]: () => rm(warehouse, { recursive: true, force: true }),
  };
}
