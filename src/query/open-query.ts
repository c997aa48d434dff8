import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from "@duckdb/node-api";
import { stopped, throwIfStopped } from "../core/clock.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Lake, ReadableTable, TsRange } from "../lake/lake.ts";
import { type LeasedFiles, leaseFiles } from "../lake/leased-files.ts";
import { identifier } from "../lake/parquet/duckdb-types.ts";
import { planRead } from "../lake/plan-read.ts";
import type { Moment } from "../lake/table-at.ts";
import { checkStatement, invalid } from "./check-statement.ts";
import { connect, lockDown } from "./connect.ts";
import { jsonValue } from "./json-value.ts";
import { latestViews } from "./latest-views.ts";
import { mentionedTables } from "./mentioned-tables.ts";
import { planRanges } from "./plan-ranges.ts";
import { tableSql } from "./table-sql.ts";

/** The answer to a question: its columns at once, its rows as they come. */
export interface Answer {
  readonly columns: readonly string[];
  /** Some thousand rows at a time, so that a million of them need no more memory than a thousand. */
  readonly rows: AsyncIterable<readonly (readonly Json[])[]>;
}

export interface QueryOptions {
  /** Reads every table of the question as it was then: at a snapshot, or at the last one by a time (ms since 1970). */
  readonly asOf?: Moment | undefined;
  /** Only rows whose `ts` is not before this, of every table of the question; ms since 1970. */
  readonly sinceMs?: number | undefined;
  /** Only rows whose `ts` is before this; ms since 1970. */
  readonly untilMs?: number | undefined;
  /** What DuckDB may use before it spills to disk. */
  readonly memoryLimitBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Answers one question about the lake's tables, each at its present snapshot or as of a moment, under their resolved names; beside
 * a table whose events come in versions stands the view of their last ones (`latestView`).
 *
 * Only files that may hold a row of what the question needs are opened: by the options and by its own conditions on `ts`.
 * DuckDB runs in memory and may open the data files of these tables and nothing else: no other file, no network, no
 * extension, no setting.
 *
 * @throws query_invalid, snapshot_not_found, lake_*, stopped
 */
export async function openQuery(lake: Lake, sql: string, options: QueryOptions = {}): Promise<Answer> {
  const { signal, memoryLimitBytes = 2 ** 31 } = options;
  const tables = await mentionedTables(lake, sql, options.asOf);
  throwIfStopped(signal);
  const connection = await connect(memoryLimitBytes);
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  const leases: LeasedFiles<{ readonly path: string }>[] = [];
  const close = async (): Promise<void> => {
    signal?.removeEventListener("abort", interrupt);
    connection.closeSync();
    for (const { release } of leases) await release();
  };
  try {
    for await (const lease of createViews(connection, { tables, sql, options })) leases.push(lease);
    await lockDown(
      connection,
      leases.flatMap(({ files }) => files.map(({ path }) => path)),
    );
    const statement = await checkStatement(connection, sql);
    throwIfStopped(signal);
    await connection.run("BEGIN TRANSACTION READ ONLY");
    const result = await statement.stream();
    const rows = rowsOf({ connection, statement, result, sql, signal, close });
    return { columns: result.columnNames(), rows };
  } catch (error) {
    await close();
    throw failureOf(error, { sql, signal });
  }
}

/** Makes a view of each table, and hands out the files behind it for the one who releases them. */
async function* createViews(
  connection: DuckDBConnection,
  {
    tables,
    sql,
    options,
  }: { readonly tables: readonly ReadableTable[]; readonly sql: string; readonly options: QueryOptions },
): AsyncGenerator<LeasedFiles<{ readonly path: string }>> {
  const { sinceMs, untilMs } = options;
  const range: TsRange = {
    ...(sinceMs !== undefined && { fromUs: sinceMs * 1000 }),
    ...(untilMs !== undefined && { toUs: untilMs * 1000 - 1 }),
  };
  const needed = await planRanges(sql, tables);
  for (const table of tables) {
    const { files, deletes } = await planRead(table, overlap(range, needed.get(table.name)));
    const rows = await leaseFiles(table, files);
    yield rows;
    const gone = await leaseFiles(table, deletes);
    yield gone;
    const plan = { files: rows.files, deletes: gone.files };
    const select = await tableSql(connection, { table, plan, range });
    await connection.run(`CREATE VIEW ${identifier(table.name)} AS ${select}`);
  }
  for (const view of latestViews(tables)) {
    await connection.run(`CREATE VIEW ${identifier(view.name)} AS ${view.sql}`);
  }
}

function overlap(a: TsRange, b: TsRange = {}): TsRange {
  const from = [a.fromUs, b.fromUs].filter((us) => us !== undefined);
  const to = [a.toUs, b.toUs].filter((us) => us !== undefined);
  return {
    ...(from.length > 0 && { fromUs: Math.max(...from) }),
    ...(to.length > 0 && { toUs: Math.min(...to) }),
  };
}

interface Reading {
  readonly connection: DuckDBConnection;
  readonly statement: DuckDBPreparedStatement;
  readonly result: DuckDBResult;
  readonly sql: string;
  readonly signal: AbortSignal | undefined;
  readonly close: () => Promise<void>;
}

async function* rowsOf(reading: Reading): AsyncGenerator<readonly (readonly Json[])[]> {
  const { result, close } = reading;
  const api = await import("@duckdb/node-api");
  try {
    throwIfStopped(reading.signal);
    for await (const rows of result.yieldRows()) {
      yield rows.map((row) => row.map((value) => jsonValue(value, api)));
    }
    await checkEnd(reading);
  } catch (error) {
    throw failureOf(error, reading);
  } finally {
    await close();
  }
}

/**
 * Throws where the rows ended too early: DuckDB hands out the end of a result and a failure in the midst of it alike, as no
 * more rows. Only the transaction knows, for it takes no further statement after a failure; the reason is found by asking again.
 */
async function checkEnd({ connection, statement, signal }: Reading): Promise<void> {
  throwIfStopped(signal);
  try {
    await connection.run("SELECT 1");
  } catch {
    await connection.run("ROLLBACK");
    await statement.run();
    throw new Error("the rows broke off before the end");
  }
}

function failureOf(
  error: unknown,
  { sql, signal }: { readonly sql: string; readonly signal: AbortSignal | undefined },
): DuolakeError {
  if (signal?.aborted) return stopped();
  return error instanceof DuolakeError ? error : invalid(errorText(error), sql);
}
