import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Duckdb } from "../../../src/lake/parquet/duckdb.ts";
import { DuckdbError } from "../../../src/lake/parquet/duckdb.ts";
import { openSpool } from "../../../src/lake/parquet/spool.ts";
import { storeRows } from "../../../src/lake/parquet/store-rows.ts";
import type { StoredRows } from "../../../src/lake/parquet/store-rows.ts";
import { spoolLine } from "../support/line-of.ts";
import { tempDir } from "../support/temp-dir.ts";

const FIELDS = [{ id: 1, name: "ts", required: false, type: "timestamptz" }];

/** A DuckDB that "stores" files by their line count and fails where `judge` says how. */
function fakeDuckdb(judge: (lines: readonly string[]) => string | undefined): Duckdb & { copies: number[] } {
  const copies: number[] = [];
  return {
    copies,
    rows: async (sql) => {
      const source = /read_json\('([^']+)'/.exec(sql)?.[1] ?? "";
      const lines = (await readFile(source, "utf8")).trimEnd().split("\n");
      const failure = judge(lines);
      if (failure !== undefined) throw new DuckdbError(failure);
      const target = /TO '([^']+)'/.exec(sql)?.[1];
      if (target === undefined) return [];
      await writeFile(target, lines.join("\n"));
      copies.push(lines.length);
      return [{ filename: target, count: BigInt(lines.length), column_statistics: [], partition_keys: null }];
    },
    stream: () => {
      throw new Error("Cannot stream");
    },
    release: () => Promise.resolve(),
  };
}

async function store(
  duckdb: Duckdb,
  { rowCount, folder }: { rowCount: number; folder: string },
): Promise<StoredRows> {
  const spool = openSpool(`${folder}/spool`);
  for (let id = 0; id < rowCount; id += 1) spool.add(spoolLine({ ts: "2024-01-01T00:00:00Z", id }));
  spool.flush();
  spool.close();
  return storeRows({ duckdb, spool, fields: FIELDS, folder, day: 19_723, isSorted: true, signal: undefined });
}

const idOf = (line: string): number => Number(/"id":(\d+)/.exec(line)?.[1]);

describe("storeRows", () => {
  test("storeRows writes halves, one after the other, when memory does not suffice", async () => {
    await using dir = await tempDir();
    const duckdb = fakeDuckdb((lines) => (lines.length > 30 ? "Out of Memory Error: too much" : undefined));
    const { files, refused } = await store(duckdb, { rowCount: 100, folder: dir.path });
    expect(refused).toEqual([]);
    expect(duckdb.copies).toEqual([25, 25, 25, 25]);
    const ids: number[] = [];
    for (const file of files) ids.push(...(await readFile(file.path, "utf8")).split("\n").map(idOf));
    expect(ids).toEqual(Array.from({ length: 100 }, (_, id) => id));
  });

  test("storeRows gives up when no part is small enough", async () => {
    await using dir = await tempDir();
    const duckdb = fakeDuckdb(() => "Out of Memory Error: too much");
    await expect(store(duckdb, { rowCount: 100, folder: dir.path })).rejects.toMatchObject({
      code: "internal",
      retryable: true,
      message: expect.stringContaining("memory"),
    });
  });

  test("storeRows finds refused rows also in a half", async () => {
    await using dir = await tempDir();
    const duckdb = fakeDuckdb((lines) => {
      if (lines.length > 60) return "Out of Memory Error: too much";
      return lines.some((line) => idOf(line) % 40 === 7)
        ? 'Invalid Input Error: JSON transform error in file "/tmp/x.ndjson", in line 3: Failed to cast: "7"'
        : undefined;
    });
    const { refused } = await store(duckdb, { rowCount: 100, folder: dir.path });
    expect(refused.map(({ row }) => row["id"])).toEqual([7, 47, 87]);
    expect(refused[0]?.reason).toBe('Failed to cast: "7"');
    expect(duckdb.copies.reduce((a, b) => a + b)).toBe(97);
  });

  test.each([
    ['IO Error: Could not write file "x": No space left on device', "lake_full"],
    ['IO Error: Cannot open file "x": Permission denied', "lake_unwritable"],
  ])("storeRows does not search for rows when the machine fails: %s", async (failure, code) => {
    await using dir = await tempDir();
    let calls = 0;
    const duckdb = fakeDuckdb(() => {
      calls += 1;
      return failure;
    });
    await expect(store(duckdb, { rowCount: 100, folder: dir.path })).rejects.toMatchObject({ code });
    expect(calls).toBe(1);
  });

  test("storeRows passes a failure on that no row explains", async () => {
    await using dir = await tempDir();
    const duckdb = fakeDuckdb(() => undefined);
    const failing = {
      ...duckdb,
      rows: (sql: string) =>
        sql.startsWith("COPY") ? Promise.reject(new DuckdbError("Binder Error: odd")) : duckdb.rows(sql),
    };
    await expect(store(failing, { rowCount: 5, folder: dir.path })).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("Binder Error: odd"),
    });
  });
});
