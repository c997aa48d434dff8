import { duckdb } from "../../../src/lake/parquet/duckdb.ts";
import type { Duckdb } from "../../../src/lake/parquet/duckdb.ts";

/** A DuckDB of the tests' own, to look at what was written. */
export const sql: Duckdb = duckdb({ temporaryFolder: "/tmp/lake-test-spill", threadCount: 1 });
