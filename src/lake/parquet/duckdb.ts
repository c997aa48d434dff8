import { mkdir, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { stopped, throwIfStopped } from "../../core/clock.ts";
import { DuolakeError, errorText } from "../../core/errors.ts";

const MIB = 1024 * 1024;
/** The least that writes 100,000 wide rows without being halved; the process takes about 100 MiB more. */
const MEMORY_LIMIT_BYTES = 300 * MIB;

export interface DuckdbOptions {
  /** What DuckDB may use before it spills to disk. */
  readonly memoryLimitBytes?: number;
  readonly threadCount?: number;
  /** Where it spills to; made when needed. */
  readonly temporaryFolder: string;
}

/** The SQL engine that writes and reads Parquet files. An aborted signal interrupts a statement: `stopped`. */
export interface Duckdb {
  /** Runs one statement; rows are plain objects of JavaScript values. */
  readonly rows: (sql: string, signal?: AbortSignal) => Promise<Record<string, unknown>[]>;
  /** Runs one statement and hands out its rows as they come, some thousand at a time. */
  readonly stream: (sql: string, signal?: AbortSignal) => AsyncIterable<readonly unknown[][]>;
  /** Gives memory that a large statement left behind back to the system. Best effort. */
  readonly release: () => Promise<void>;
}

/**
 * One in-memory DuckDB, loaded and started by the first statement: opening a lake, and a poll that finds
 * nothing new, must not pay for it.
 *
 * @throws package_missing where `@duckdb/node-api` cannot be loaded
 */
export function duckdb(options: DuckdbOptions): Duckdb {
  let instance: Promise<DuckDBInstance> | undefined;
  const spill = spillFolder(options.temporaryFolder);
  const rows: Duckdb["rows"] = async (sql, signal) => {
    const { connection, failure, close } = await session(signal);
    try {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS();
    } catch (error) {
      throw failure(error);
    } finally {
      close();
    }
  };
  const session = async (signal: AbortSignal | undefined): Promise<Session> => {
    throwIfStopped(signal);
    instance ??= start(options);
    await spill.freshen();
    return openSession(await (await instance).connect(), signal);
  };
  return {
    rows,
    stream: async function* (sql, signal) {
      const { connection, failure, close } = await session(signal);
      try {
        const result = await connection.stream(sql);
        yield* result.yieldRowsJs();
      } catch (error) {
        throw failure(error);
      } finally {
        close();
      }
    },
    release: async () => {
      // Freed memory stays with the allocator's many arenas and adds up from flush to flush, to twice the limit
      // and more. Setting the limit again, to the same, is what makes DuckDB trim them.
      await rows(`SET GLOBAL memory_limit = '${memoryLimit(options)}'`).catch(() => {});
    },
  };
}

interface Session {
  readonly connection: DuckDBConnection;
  readonly failure: (error: unknown) => Error;
  readonly close: () => void;
}

function openSession(connection: DuckDBConnection, signal: AbortSignal | undefined): Session {
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  return {
    connection,
    failure: (error) => (signal?.aborted ? stopped() : new DuckdbError(errorText(error), { cause: error })),
    close: () => {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    },
  };
}

/** A statement that DuckDB refused; the message begins with DuckDB's kind of error. */
export class DuckdbError extends Error {
  override readonly name: string = "DuckdbError";

  /** The machine, not a row, is at fault: no other way to cut the rows would help. */
  get isEnvironment(): boolean {
    return /^(IO Error|Permission Error|INTERNAL Error|FATAL Error|Connection Error)/.test(this.message);
  }

  get isOutOfMemory(): boolean {
    return this.message.startsWith("Out of Memory Error");
  }
}

function memoryLimit({ memoryLimitBytes }: DuckdbOptions): string {
  return `${Math.floor((memoryLimitBytes ?? MEMORY_LIMIT_BYTES) / MIB)}MiB`;
}

async function start(options: DuckdbOptions): Promise<DuckDBInstance> {
  const api = await load();
  const instance = await api.DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit(options),
    threads: String(options.threadCount ?? 2),
    temp_directory: options.temporaryFolder,
    // A file is cut into days and sorted by ts, so rows must come out in the order they were sorted.
    preserve_insertion_order: "true",
  });
  const connection = await instance.connect();
  try {
    // Days are days of UTC wherever the program runs, and an instant is printed in UTC.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
  } finally {
    connection.closeSync();
  }
  return instance;
}

/**
 * Keeps the folder for spilling usable. DuckDB makes it when it first spills, but only the last folder of the path
 * and only once; and another process clears away such folders when nobody touched them for long.
 */
function spillFolder(folder: string): { readonly freshen: () => Promise<void> } {
  let isMade = false;
  return {
    freshen: async () => {
      try {
        await mkdir(isMade ? folder : dirname(folder), { recursive: true });
        const now = new Date();
        await utimes(folder, now, now);
        isMade = true;
      } catch {
        // Nothing was spilled yet. Or the folder is read-only: reading must work there, and a query that has to
        // spill fails by itself.
      }
    },
  };
}

async function load(): Promise<typeof import("@duckdb/node-api")> {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    throw new DuolakeError(
      "package_missing",
      `Cannot write or read tables: package @duckdb/node-api cannot be loaded, got ${errorText(error)}; install it with npm install @duckdb/node-api`,
      { cause: error },
    );
  }
}
