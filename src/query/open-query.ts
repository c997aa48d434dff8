import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import * as api from "@duckdb/node-api";
import { stopped, throwIfStopped } from "../core/clock.ts";
import { errorText } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Lake, LakeTable } from "../lake/lake.ts";
import { identifier, literal } from "../lake/parquet/duckdb-types.ts";
import { readerSql, readSchema } from "../lake/reader-sql.ts";
import { checkStatement, invalid } from "./check-statement.ts";
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
 * Answers one question about the lake's tables, each at its present snapshot, under their resolved names.
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
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${memoryLimitBytes / 2 ** 20}MiB`,
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const paths: string[] = [];
    for (const table of tables) {
      const files = await table.files();
      paths.push(...files.map(({ path }) => path));
      await connection.run(
        `CREATE VIEW ${identifier(table.name)} AS SELECT * FROM ${readerSql(files, readSchema(table))}`,
      );
    }
    await lockDown(connection, paths);
    const statement = await checkStatement(connection, sql);
    const result = await statement.stream();
    return { columns: result.columnNames(), rows: rowsOf(connection, { result, sql, signal }) };
  } catch (error) {
    connection.closeSync();
    throw error instanceof Error && error.name === "DuolakeError" ? error : invalid(errorText(error), sql);
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

async function lockDown(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await connection.run(`SET allowed_paths = [${paths.map(literal).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

async function* rowsOf(
  connection: DuckDBConnection,
  from: { readonly result: api.DuckDBResult; readonly sql: string; readonly signal: AbortSignal | undefined },
): AsyncGenerator<readonly (readonly Json[])[]> {
  const { result, sql, signal } = from;
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    for await (const rows of result.yieldRows()) {
      yield rows.map((row) => row.map((value) => jsonValue(value, api)));
    }
  } catch (error) {
    throw signal?.aborted ? stopped() : invalid(errorText(error), sql);
  } finally {
    signal?.removeEventListener("abort", interrupt);
    connection.closeSync();
  }
}
