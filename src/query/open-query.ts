import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from "@duckdb/node-api";
import { stopped, throwIfStopped } from "../core/clock.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Lake, LakeTable } from "../lake/lake.ts";
import { type LeasedFiles, leaseFiles } from "../lake/leased-files.ts";
import { identifier, literal } from "../lake/parquet/duckdb-types.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";
import { checkStatement, invalid } from "./check-statement.ts";
import { latestView } from "./latest-view.ts";
import { jsonValue } from "./json-value.ts";

/** The answer to a question: its columns at once, its rows as they come. */
export interface Answer {
  readonly columns: readonly string[];
  /** Some thousand rows at a time, so that a million of them need no more memory than a thousand. */
  readonly rows: AsyncIterable<readonly (readonly Json[])[]>;
}

export interface QueryOptions {
  /** What DuckDB may use before it spills to disk. */
  readonly memoryLimitBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Answers one question about the lake's tables, each at its present snapshot, under their resolved names; beside a table whose
 * events come in versions stands the view of their last ones (`latestView`).
 *
 * DuckDB runs in memory and may open the data files of these tables and nothing else: no other file, no network, no
 * extension, no setting.
 *
 * @throws query_invalid, lake_*, stopped
 */
export async function openQuery(lake: Lake, sql: string, options: QueryOptions = {}): Promise<Answer> {
  const { signal, memoryLimitBytes = 2 ** 31 } = options;
  const tables = await mentionedTables(lake, sql);
  throwIfStopped(signal);
  const connection = await connect(memoryLimitBytes);
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  const leases: LeasedFiles<unknown>[] = [];
  const close = async (): Promise<void> => {
    signal?.removeEventListener("abort", interrupt);
    connection.closeSync();
    for (const { release } of leases) await release();
  };
  try {
    const paths: string[] = [];
    for (const table of tables) {
      const leased = await leaseFiles(table, await table.files());
      leases.push(leased);
      const { files } = leased;
      paths.push(...files.map(({ path }) => path));
      await connection.run(
        `CREATE VIEW ${identifier(table.name)} AS SELECT * FROM ${readerSql(files, readSchema(table))}`,
      );
    }
    for (const { name, sql: select } of tables.flatMap((table) => latestView(table) ?? [])) {
      // A table of that name is the user's own.
      if (!tables.some((table) => table.name === name))
        await connection.run(`CREATE VIEW ${identifier(name)} AS ${select}`);
    }
    await lockDown(connection, paths);
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

/** Only tables that the text names are opened: a lake may have hundreds. Where it names none, all are, for SHOW TABLES. */
async function mentionedTables(lake: Lake, sql: string): Promise<readonly LakeTable[]> {
  const names = await lake.list();
  const text = sql.toLowerCase();
  const mentioned = names.filter((name) => text.includes(name.toLowerCase()));
  const loaded = await Promise.all((mentioned.length > 0 ? mentioned : names).map((name) => lake.load(name)));
  return loaded.filter((table) => table !== undefined);
}

async function connect(memoryLimitBytes: number): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${Math.floor(memoryLimitBytes / 2 ** 20)}MiB`,
    // By default it would be a folder in the working directory. DuckDB makes it when it spills, and removes it.
    temp_directory: join(tmpdir(), `duolake-query-${randomUUID()}`),
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

async function lockDown(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await connection.run(`SET allowed_paths = [${paths.map(literal).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
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
