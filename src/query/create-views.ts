import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReadableTable, TsRange } from "../lake/lake.ts";
import { type LeasedFiles, leaseFiles } from "../lake/leased-files.ts";
import { duckdbType, identifier, literal } from "../lake/parquet/duckdb-types.ts";
import { planRead, type ReadPlan } from "../lake/plan-read.ts";
import { readSchema } from "../lake/reader-sql.ts";
import { dayCountsSql } from "./day-counts-sql.ts";
import { dayWeightsSql } from "./day-weights-sql.ts";
import { latestViews } from "./latest-views.ts";
import type { MentionedTables } from "./mentioned-tables.ts";
import { mentions } from "./mentions.ts";
import { canBeCounted, type CountPlan, planCounts } from "./plan-counts.ts";
import { tableSql } from "./table-sql.ts";

const LATEST = "_latest";
const NOT_NAMED = "a question must name the tables that it reads";

/** What a view reads; whoever gets it releases it. */
export type ViewLease = LeasedFiles<{ readonly path: string }>;

/** What the views of a question are made of. */
export interface ViewOptions extends MentionedTables {
  readonly sql: string;
  /** Only rows of this stretch, of every table. */
  readonly range: TsRange;
  /** The stretch that the question's own conditions need of each table, by its name. */
  readonly needed: ReadonlyMap<string, TsRange>;
  /** The one table whose rows the question counts by days (`countQuestion`): its view is that of `dayWeightsSql`. */
  readonly counted?: ReadableTable | undefined;
}

/**
 * Makes a view of each table that a question names: its rows, the last versions of its events (`latestView`), or how many rows
 * each day has, `<table>_days`. Only the files behind a view that is named are fetched and opened.
 *
 * Where the question names no table (SHOW TABLES) there are the names and columns of all, and nothing to be read.
 *
 * @returns the files behind each view as soon as they are there
 * @throws lake_*, query_invalid
 */
export async function* createViews(
  connection: DuckDBConnection,
  options: ViewOptions,
): AsyncGenerator<ViewLease> {
  const { tables, areNamed, sql, range, needed, counted } = options;
  if (counted !== undefined) {
    const plan = yield* leasedCounts(counted, range);
    const select = await dayWeightsSql(connection, { table: counted, plan, range });
    await createView(connection, { name: counted.name, sql: select });
    return;
  }
  const whole: string[] = [];
  for (const table of tables) {
    const { name } = table;
    if (!areNamed) await createView(connection, { name, sql: unreadSql(table) });
    else if (mentions(sql, name, { suffixes: [LATEST] })) {
      const plan = yield* leased(table, await planRead(table, overlap(range, needed.get(name))));
      await createView(connection, { name, sql: await tableSql(connection, { table, plan, range }) });
      whole.push(`${name}${LATEST}`);
    }
    const days = `${name}_days`;
    if (canBeCounted(table) && mentions(sql, days) && !tables.some((other) => other.name === days)) {
      const plan = yield* leasedCounts(table, range);
      await createView(connection, {
        name: days,
        sql: await dayCountsSql(connection, { table, plan, range }),
      });
    }
  }
  for (const view of latestViews(tables)) {
    if (!areNamed || whole.includes(view.name)) await createView(connection, view);
  }
}

async function createView(
  connection: DuckDBConnection,
  { name, sql }: { readonly name: string; readonly sql: string },
): Promise<void> {
  await connection.run(`CREATE VIEW ${identifier(name)} AS ${sql}`);
}

/** The plan with its files as they can be opened on this machine. */
async function* leased(table: ReadableTable, plan: ReadPlan): AsyncGenerator<ViewLease, ReadPlan> {
  const files = await leaseFiles(table, plan.files);
  yield files;
  const deletes = await leaseFiles(table, plan.deletes);
  yield deletes;
  return { files: files.files, deletes: deletes.files };
}

/** How many rows each day has, with the files that must be read to know it. */
async function* leasedCounts(table: ReadableTable, range: TsRange): AsyncGenerator<ViewLease, CountPlan> {
  const { counts, rest } = planCounts(await planRead(table, range), range);
  return { counts, rest: yield* leased(table, rest) };
}

/** A view that has a table's columns; to read it fails, for an answer without rows would be a wrong one. */
function unreadSql(table: ReadableTable): string {
  const columns = readSchema(table).fields.map(
    ({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${identifier(name)}`,
  );
  return `SELECT ${columns.join(", ")} WHERE CAST(error(${literal(NOT_NAMED)}) AS BOOLEAN)`;
}

function overlap(a: TsRange, b: TsRange = {}): TsRange {
  const from = [a.fromUs, b.fromUs].filter((us) => us !== undefined);
  const to = [a.toUs, b.toUs].filter((us) => us !== undefined);
  return {
    ...(from.length > 0 && { fromUs: Math.max(...from) }),
    ...(to.length > 0 && { toUs: Math.min(...to) }),
  };
}
