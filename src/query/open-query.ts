import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBPreparedStatement,
  DuckDBResult,
} from "@duckdb/node-api";
import { stopped, throwIfStopped } from "../core/clock.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Lake, TsRange } from "../lake/lake.ts";
import { interruptOn } from "../lake/parquet/interrupt-on.ts";
import type { Moment } from "../lake/table-at.ts";
import { checkStatement, invalid } from "./check-statement.ts";
import { countsOnly } from "./counts-only.ts";
import { connect, lockDown } from "./connect.ts";
import { createViews, type ViewLease } from "./create-views.ts";
import { jsonValue } from "./json-value.ts";
import { mentionedTables } from "./mentioned-tables.ts";
import { parseSql } from "./parse-sql.ts";
import { planRanges } from "./plan-ranges.ts";

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
 * a table stands `<table>_days`, how many rows each day has, and where events come in versions the view of their last ones
 * (`latestView`).
 *
 * Only files that may hold a row of what the question needs are opened: by the options and by its own conditions on `ts`.
 * DuckDB runs in memory and may open the data files of these tables and nothing else: no other file, no network, no
 * extension, no setting.
 *
 * @throws query_invalid, snapshot_not_found, lake_*, stopped
 */
export async function openQuery(lake: Lake, sql: string, options: QueryOptions = {}): Promise<Answer> {
  const { signal, memoryLimitBytes = 2 ** 31 } = options;
  // Side by side: to start a DuckDB takes longer than to load the tables.
  const naming = mentionedTables(lake, sql, options.asOf);
  // What it fails with is thrown where it is awaited.
  naming.catch(() => {});
  const connection = await connect(memoryLimitBytes);
  const release = interruptOn(connection, signal);
  const leases: ViewLease[] = [];
  const close = async (): Promise<void> => {
    release();
    connection.closeSync();
    for (const lease of leases) await lease.release();
  };
  try {
    const mentioned = await naming;
    throwIfStopped(signal);
    const range = rangeOf(options);
    const tree = await parseSql(connection, sql);
    const question = { sql, tree, tables: mentioned.tables };
    const counting = await countsOnly(connection, question);
    const needed = counting === undefined ? await planRanges(connection, question) : new Map();
    throwIfStopped(signal);
    const views = createViews(connection, { ...mentioned, sql, range, needed, counted: counting?.table });
    for await (const lease of views) leases.push(lease);
    await lockDown(
      connection,
      leases.flatMap(({ files }) => files.map(({ path }) => path)),
    );
    const statement = await checkStatement(connection, counting ?? { sql, tree });
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

function rangeOf({ sinceMs, untilMs }: QueryOptions): TsRange {
  return {
    ...(sinceMs !== undefined && { fromUs: sinceMs * 1000 }),
    ...(untilMs !== undefined && { toUs: untilMs * 1000 - 1 }),
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
    for await (const chunk of result) yield rowsOfChunk(chunk, api);
    await checkEnd(reading);
  } catch (error) {
    throw failureOf(error, reading);
  } finally {
    await close();
  }
}

/** By columns, as DuckDB keeps them: going from row to row it is asked for each value anew which columns there are. */
function rowsOfChunk(
  chunk: DuckDBDataChunk,
  api: typeof import("@duckdb/node-api"),
): readonly (readonly Json[])[] {
  const rows = Array.from({ length: chunk.rowCount }, (): Json[] => []);
  chunk.visitColumnMajor((value, row) => rows[row]?.push(jsonValue(value, api)));
  return rows;
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
