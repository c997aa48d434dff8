import { mkdir, readdir, rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { DuckdbError } from "../../../src/lake/parquet/duckdb.ts";
import { duckdb } from "../../../src/lake/parquet/duckdb.ts";
import { tempDir } from "../support/temp-dir.ts";

const MIB = 1024 * 1024;

describe("duckdb", () => {
  test("duckdb works in UTC and takes its limits", async () => {
    const db = duckdb({ temporaryFolder: "/nowhere/at/all", memoryLimitBytes: 200 * MIB, threadCount: 1 });
    const [row] = await db.rows(
      "SELECT current_setting('TimeZone') AS zone, current_setting('memory_limit') AS memory, current_setting('threads')::INT AS threads, CAST(TIMESTAMPTZ '2024-01-01T23:30:00-01:00' AS DATE)::VARCHAR AS day",
    );
    expect(row).toEqual({ zone: "UTC", memory: "200.0 MiB", threads: 1, day: "2024-01-02" });
  });

  test.each([0, 1, 5, 60])("duckdb.rows is interrupted by a signal after %s ms", async (delayMs) => {
    const db = duckdb({ temporaryFolder: "/nowhere/at/all" });
    const slow = db.rows("SELECT sum(hash(i)) FROM range(100000000000) t(i)", AbortSignal.timeout(delayMs));
    await expect(slow).rejects.toMatchObject({ code: "stopped" });
    expect(await db.rows("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const again = db.rows("SELECT sum(hash(i)) FROM range(100000000000) t(i)", AbortSignal.timeout(delayMs));
    await expect(again).rejects.toMatchObject({ code: "stopped" });
  });

  test("duckdb.stream hands out rows batch by batch and lets go when the reader stops", async () => {
    const db = duckdb({ temporaryFolder: "/nowhere/at/all" });
    let count = 0;
    for await (const rows of db.stream("SELECT i FROM range(10000) t(i)")) count += rows.length;
    expect(count).toBe(10_000);
    for await (const rows of db.stream("SELECT i FROM range(100000000) t(i)")) {
      expect(rows.length).toBeGreaterThan(0);
      break;
    }
    await expect(async () => {
      for await (const _rows of db.stream("SELECT nonsense")) throw new Error("Cannot be");
    }).rejects.toThrow("nonsense");
  });

  test("duckdb spills beside the tables, also after its folder was cleared away", async () => {
    await using dir = await tempDir();
    const folder = `${dir.path}/.spool/duckdb-1`;
    const db = duckdb({ temporaryFolder: folder, memoryLimitBytes: 60 * MIB, threadCount: 1 });
    const spilling =
      "SELECT count(*) AS n FROM (SELECT repeat(hash(i)::VARCHAR, 8) AS x FROM range(400000) t(i) ORDER BY x)";
    for (let round = 0; round < 2; round += 1) {
      const [row] = await db.rows(spilling);
      expect(row?.["n"]).toBe(400_000n);
      expect(await readdir(folder)).toEqual([]);
      await rm(folder, { recursive: true });
      await mkdir(`${dir.path}/.spool`, { recursive: true });
    }
  });

  test("duckdb tells failures of the machine from failures of the rows", async () => {
    const db = duckdb({ temporaryFolder: "/nowhere/at/all" });
    const failure = async (sql: string): Promise<DuckdbError> =>
      (await db.rows(sql).catch((error: unknown) => error)) as DuckdbError;
    const missing = await failure("COPY (SELECT 1) TO '/nowhere/at/all/x.parquet' (FORMAT parquet)");
    expect([missing.isEnvironment, missing.isOutOfMemory]).toEqual([true, false]);
    const cast = await failure("SELECT 'x'::INT");
    expect([cast.isEnvironment, cast.isOutOfMemory]).toEqual([false, false]);
  });

  test("duckdb names the package when it cannot be loaded", async () => {
    const loadPackage = (): Promise<never> => Promise.reject(new Error("no such module"));
    const db = duckdb({ temporaryFolder: "/nowhere/at/all", loadPackage });
    await expect(db.rows("SELECT 1")).rejects.toMatchObject({
      code: "package_missing",
      message: expect.stringContaining("@duckdb/node-api"),
    });
  });
});

test("duckdb.stream throws when an error cuts the rows short, and never ends as if they were complete", async () => {
  await using dir = await tempDir();
  const engine = duckdb({ temporaryFolder: `${dir.path}/spill` });
  const sql =
    "SELECT CASE WHEN i = 700000 THEN error('broken here')::BIGINT ELSE i END FROM range(800000) t(i)";
  const reading = async (): Promise<void> => {
    for await (const rows of engine.stream(sql)) expect(rows.length).toBeGreaterThan(0);
  };
  await expect(reading()).rejects.toThrow("broken here");
});
