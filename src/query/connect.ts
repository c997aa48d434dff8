import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { literal } from "../lake/parquet/duckdb-types.ts";

/**
 * Starts a DuckDB in memory, whose days are those of UTC. Closing the connection ends it.
 *
 * @param memoryLimitBytes what it may use before it spills to disk
 */
export async function connect(
  memoryLimitBytes: number,
  options: Readonly<Record<string, string>> = {},
): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${Math.floor(memoryLimitBytes / 2 ** 20)}MiB`,
    // By default it would be a folder in the working directory. DuckDB makes it when it spills, and removes it.
    temp_directory: join(tmpdir(), `duolake-query-${randomUUID()}`),
    // Naming a function of an extension would be answered by a download.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // A question reads its files once, and the system keeps what it reads twice; a copy of its own costs memory and a twentieth of the time.
    enable_external_file_cache: "false",
    ...options,
  });
  const connection = await instance.connect();
  // It lives on until the connection closes, and no longer: left to the garbage collector it would keep its memory and its
  // threads for as long, and be taken apart in the midst of a later question.
  instance.closeSync();
  // A table's first file is opened once for each time that its view is looked at.
  await connection.run("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true");
  return connection;
}

/** Closes everything but these files to whatever runs on the connection from now on; nothing can open it again. */
export async function lockDown(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  const allowed = paths.length > 0 ? [`SET allowed_paths = [${paths.map(literal).join(", ")}]`] : [];
  const closed = ["SET enable_external_access = false", "SET lock_configuration = true"];
  await connection.run([...allowed, ...closed].join("; "));
}
