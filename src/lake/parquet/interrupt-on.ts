import type { DuckDBConnection } from "@duckdb/node-api";

const INTERRUPT_INTERVAL_MS = 50;

/**
 * Interrupts whatever runs on a connection once the signal is aborted.
 *
 * An interrupt that comes just before a statement begins to run is forgotten by DuckDB, so it is repeated: otherwise the statement
 * would run to its end, which may be never.
 *
 * @returns call it before the connection is closed
 */
export function interruptOn(connection: DuckDBConnection, signal: AbortSignal | undefined): () => void {
  let repeating: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    // What runs keeps the program alive; where nothing does, this must not.
    repeating = setInterval(() => connection.interrupt(), INTERRUPT_INTERVAL_MS).unref();
  };
  if (signal?.aborted) interrupt();
  else signal?.addEventListener("abort", interrupt, { once: true });
  return () => {
    clearInterval(repeating);
    signal?.removeEventListener("abort", interrupt);
  };
}
