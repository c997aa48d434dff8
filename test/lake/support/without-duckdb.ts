import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMALL_COLUMNS } from "./columns.ts";
import { testLake } from "./test-lake.ts";

// Run as a process of its own: does everything with a lake that needs no rows, and says whether DuckDB was loaded.
const warehouse = await mkdtemp(join(tmpdir(), "lake-"));
const lake = await testLake(warehouse);
const table = await lake.create("t", { columns: SMALL_COLUMNS, properties: { cursor: "0" } });
await table.commit({ setProperties: {}, compareAndSet: { key: "cursor", from: "0", to: "1" } });
await (await lake.load("t"))?.files();
const require = createRequire(import.meta.url);
const isLoaded = Object.keys(require.cache).some((path) => path.includes("duckdb"));
process.stdout.write(isLoaded ? "DuckDB\n" : "no DuckDB\n");
await rm(warehouse, { recursive: true, force: true });
