import { mkdir, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { stopped, throwIfStopped } from "../../core/clock.ts";
import { DuolakeError, errorText } from "../../core/errors.ts";
import { interruptOn } from "./interrupt-on.ts";

const MIB = 1024 * 1024;
/** The least that writes 100,000 wide rows without being halved; the process takes about 100 MiB more. */
const MEMORY_LIMIT_BYTES = 320 * MIB;

/**
 * A second thread makes a large file about a sixth faster for half as much work again, and a small one slower; the
 * other core has the rows of the next file to make.
 */
const THREAD_COUNT = 1;

export interface DuckdbOptions {
  /** What DuckDB may use before it spills to disk. */
  readonly memoryLimitBytes?: number;
  readonly threadCount?: number;
  /** False where files are read once: what DuckDB keeps of them costs more time than it saves, and most of the memory. */
  readonly keepsFiles?: boolean;
  /** Where it spills to; made when needed. */
  readonly temporaryFolder: string;
  /** Loads the package; replaced in tests. */
  readonly loadPackage?: () => Promise<DuckdbPackage>;
}

type DuckdbPackage = typeof import("@duckdb/node-api");

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
      await spill.observe();
    }
  };
  const session = async (signal: AbortSignal | undefined): Promise<Session> => {
    throwIfStopped(signal);
    await spill.prepare();
    instance ??= start(options).catch((error: unknown) => {
      // What failed once may work the next time.
      instance = undefined;
      throw error;
    });
    const started = await instance;
    return openSession(await started.connect(), {
      signal,
      onBroken: () => {
        instance = undefined;
      },
    });
  };
  return {
    rows,
    stream: async function* (sql, signal) {
      const { connection, failure, close } = await session(signal);
      try {
        await connection.run("BEGIN TRANSACTION READ ONLY");
        const result = await connection.stream(sql);
        yield* result.yieldRowsJs();
        throwIfStopped(signal);
        if (!(await isWhole(connection))) throw await reasonOfBreak(connection, sql);
      } catch (error) {
        throw failure(error);
      } finally {
        close();
        await spill.observe();
      }
    },
    release: async () => {
      if (instance === undefined) return;
      // Freed memory stays with the allocator's many arenas and adds up from flush to flush, to twice the limit
      // and more. Setting the limit again, to the same, is what makes DuckDB trim them.
      await rows(`SET GLOBAL memory_limit = '${memoryLimit(options)}'`).catch(() => {});
    },
  };
}

/**
 * Rows that an error cut short end like rows that are complete; only the transaction around them knows. Half of the identities
 * of a window would be taken for all of them, and the other half appended again.
 */
async function isWhole(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run("SELECT 1");
    return true;
  } catch {
    return false;
  }
}

/** The stream keeps its reason to itself: run to the end in one piece, the statement says it. */
async function reasonOfBreak(connection: DuckDBConnection, sql: string): Promise<Error> {
  try {
    await connection.run("ROLLBACK");
    await connection.run(sql);
    return new Error("IO Error: the rows broke off in the middle");
  } catch (error) {
    return error instanceof Error ? error : new Error(errorText(error));
  }
}

interface Session {
  readonly connection: DuckDBConnection;
  readonly failure: (error: unknown) => Error;
  readonly close: () => void;
}

function openSession(
  connection: DuckDBConnection,
  { signal, onBroken }: { readonly signal: AbortSignal | undefined; readonly onBroken: () => void },
): Session {
  const release = interruptOn(connection, signal);
  const close = (): void => {
    release();
    connection.closeSync();
  };
  if (signal?.aborted) {
    // It was aborted while DuckDB was being started.
    close();
    throw stopped();
  }
  return {
    connection,
    failure: (error) => {
      if (signal?.aborted) return stopped();
      const failure = new DuckdbError(errorText(error), { cause: error });
      // After such an error every statement fails until DuckDB is started anew.
      if (failure.isFatal) onBroken();
      return failure;
    },
    close,
  };
}

/** A statement that DuckDB refused; the message begins with DuckDB's kind of error. */
export class DuckdbError extends Error {
  override readonly name: string = "DuckdbError";

  /** The machine, not a row, is at fault: no other way to cut the rows would help. */
  get isEnvironment(): boolean {
    return /^(IO Error|Permission Error|INTERNAL Error|FATAL Error|Connection Error)/.test(this.message);
  }

  get isFatal(): boolean {
    return /^(INTERNAL|FATAL) Error/.test(this.message);
  }

  get isOutOfMemory(): boolean {
    return this.message.startsWith("Out of Memory Error");
  }
}

function memoryLimit({ memoryLimitBytes }: DuckdbOptions): string {
  return `${Math.floor((memoryLimitBytes ?? MEMORY_LIMIT_BYTES) / MIB)}MiB`;
}

async function start(options: DuckdbOptions): Promise<DuckDBInstance> {
  const api = await load(options);
  const instance = await api.DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit(options),
    threads: String(options.threadCount ?? THREAD_COUNT),
    enable_external_file_cache: String(options.keepsFiles ?? true),
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
function spillFolder(folder: string): {
  readonly prepare: () => Promise<void>;
  readonly observe: () => Promise<void>;
} {
  let isMade = false;
  return {
    prepare: async () => {
      // Where this fails, reading still works; a statement that has to spill fails by itself.
      await mkdir(isMade ? folder : dirname(folder), { recursive: true }).catch(() => {});
    },
    observe: async () => {
      const now = new Date();
      const touched = await utimes(folder, now, now).then(
        () => true,
        () => false,
      );
      isMade ||= touched;
    },
  };
}

async function load(options: DuckdbOptions): Promise<DuckdbPackage> {
  try {
    return await (options.loadPackage?.() ?? import("@duckdb/node-api"));
  } catch (error) {
    throw new DuolakeError(
      "package_missing",
      `Cannot write or read tables: package @duckdb/node-api cannot be loaded, got ${errorText(error)}; install it with npm install @duckdb/node-api`,
      { cause: error },
    );
  }
}
