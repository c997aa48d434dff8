import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import type { Row } from "../../../src/core/row.ts";
import { type DuolakeError } from "../../../src/core/errors.ts";
import type { DataFile, LakeTable } from "../../../src/lake/lake.ts";
import { rewriteFiles } from "../../../src/lake/maintain/rewrite-files.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { readSchema, readerSql } from "../../../src/lake/reader-sql.ts";
import { entryOf } from "../../../src/lake/staged-file.ts";
import { EVERY_TYPE_COLUMNS, SMALL_COLUMNS } from "../support/columns.ts";
import { everyTypeRow } from "../support/every-type-rows.ts";
import { sql } from "../support/sql.ts";
import { tempDir } from "../support/temp-dir.ts";
import { append, CURSOR, testTable } from "../support/test-lake.ts";

const DAY = 20_458;
const DAY_TEXT = "2026-01-05";

/** Rows of one day, at times that are not in order. */
function onDay(rows: readonly Row[]): Row[] {
  return rows.map((row, index) => ({
    ...row,
    ts: `${DAY_TEXT}T${String((index * 7) % 24).padStart(2, "0")}:30:00.${String(index).padStart(6, "0")}Z`,
  }));
}

/** Everything in the files, in the order in which it stands there, bit by bit: text alone would take -0.0 for 0.0. */
function contentsOf(
  table: LakeTable,
  files: readonly Pick<DataFile, "path">[],
): Promise<Record<string, unknown>[]> {
  const bits = table.columns.some(({ name }) => name === "d")
    ? ", d = 0 AND CAST(d AS VARCHAR)[1] = '-' AS minus"
    : "";
  return sql.rows(
    `SELECT to_json(row) AS row, md5(CAST(row AS VARCHAR)) AS text${bits} FROM ${readerSql(files, readSchema(table))} AS row`,
  );
}

function sorted(rows: readonly Record<string, unknown>[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

async function isInOrder(table: LakeTable, files: readonly Pick<DataFile, "path">[]): Promise<boolean> {
  const rows = await sql.rows(
    `SELECT epoch_us(ts)::DOUBLE AS ts FROM ${readerSql(files, readSchema(table))}`,
  );
  return rows.every((row, index) => index === 0 || Number(row["ts"]) >= Number(rows[index - 1]?.["ts"]));
}

async function rowGroupCountOf(path: string | undefined): Promise<unknown> {
  const groups = `SELECT count(DISTINCT row_group_id)::INT AS count FROM parquet_metadata('${path}')`;
  return (await sql.rows(groups))[0]?.["count"];
}

describe("rewriteFiles", () => {
  test("keeps every value of every type, nulls and what is nested, in one file in the order of ts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(everyTypeRow, { minLength: 4, maxLength: 30 }), async (made) => {
        await using dir = await tempDir();
        let { table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
        const rows = onDay(made);
        const middle = Math.ceil(rows.length / 2);
        for (const part of [rows.slice(0, middle), rows.slice(middle)])
          ({ table } = await append(table, part));
        const files = await table.files();
        const [one, ...others] = await rewriteFiles(table, { day: DAY, files }, undefined);
        expect(others).toEqual([]);
        if (one === undefined) throw new Error("Cannot test: nothing was written");
        expect(sorted(await contentsOf(table, [one]))).toEqual(sorted(await contentsOf(table, files)));
        expect(await isInOrder(table, [one])).toBe(true);
        const { partition, sort_order_id, record_count } = entryOf(one);
        expect({ partition, sort_order_id, record_count }).toEqual({
          partition: { ts_day: DAY },
          sort_order_id: 1,
          record_count: rows.length,
        });
      }),
      { numRuns: 12 },
    );
  });

  test("gives files from before a column came, or was promoted, the columns of today with their ids", async () => {
    await using dir = await tempDir();
    const { lake, table: empty } = await testTable(dir.path, {});
    const [plain] = onDay([{ ts: "", n: 7, event: { hash: "a", tags: ["x"] } }]);
    const before = (await append(empty, [plain as Row])).table;
    const evolved = await lake.evolve(before, [
      ...SMALL_COLUMNS.map((column) =>
        column.name === "n" ? ({ name: "n", type: "long" } as const) : column,
      ),
      { name: "later", type: { type: "struct", fields: [{ name: "deep", type: "string" }] } },
    ]);
    const [wide] = onDay([{ ts: "", n: 2n ** 60n, later: { deep: "ü" }, event: { hash: "b" } }]);
    const { table } = await append(evolved, [wide as Row]);
    const files = await table.files();
    const written = await rewriteFiles(table, { day: DAY, files }, undefined);
    expect(sorted(await contentsOf(table, written))).toEqual(sorted(await contentsOf(table, files)));
    const ids = await sql.rows(
      `SELECT name, field_id::INT AS id, type FROM parquet_schema('${written[0]?.path}') WHERE name IN ('n', 'deep', 'hash')`,
    );
    expect(ids).toEqual([
      { name: "hash", id: 4, type: "BYTE_ARRAY" },
      { name: "n", id: 3, type: "INT64" },
      { name: "deep", id: 8, type: "BYTE_ARRAY" },
    ]);
  });

  test("joins slices that were sorted each for itself where there are too many rows for one sort", async () => {
    await using dir = await tempDir();
    let { table } = await testTable(dir.path);
    for (const shift of [0, 1, 2]) {
      const rows = Array.from({ length: 15_000 }, (_, index) => {
        // Files that overlap from end to end, with many rows at the same instant.
        const second = index % 5 === 0 ? 4_000 : Math.floor(index / 2) + shift;
        return { ts: new Date(Date.UTC(2026, 0, 5) + second * 1_000).toISOString(), n: index * 3 + shift };
      });
      ({ table } = await append(table, rows));
    }
    const files = await table.files();
    const written = await rewriteFiles(table, { day: DAY, files }, undefined);
    expect(written.map(({ rowCount }) => rowCount)).toEqual([45_000]);
    expect(await isInOrder(table, written)).toBe(true);
    const [sum] = await sql.rows(
      `SELECT count(DISTINCT n)::INT AS count, sum(n)::DOUBLE AS sum FROM ${readerSql(written, readSchema(table))}`,
    );
    expect(sum).toEqual({ count: 45_000, sum: (45_000 * 44_999) / 2 });
    expect(await isInOrder(table, files)).toBe(false);
  });

  test.each([
    ["come one after the other, and are written as they come", 13_000],
    ["overlap, and are sorted", 12_999],
  ])("gives an order to many rows of sorted files that %s", async (_how, startSecond) => {
    await using dir = await tempDir();
    let { table } = await testTable(dir.path);
    for (const start of [0, startSecond]) {
      const rows = Array.from({ length: 13_001 }, (_, index) => ({
        ts: new Date(Date.UTC(2026, 0, 5) + (start + index) * 1_000).toISOString(),
        n: start + index,
      }));
      ({ table } = await append(table, rows));
    }
    const files = (await table.files()).toSorted((a, b) => (a.tsMinUs ?? 0) - (b.tsMinUs ?? 0));
    expect(files.map(({ sortOrderId }) => sortOrderId)).toEqual([1, 1]);
    const written = await rewriteFiles(table, { day: DAY, files }, undefined);
    expect(written.map(({ rowCount, sortOrderId }) => [rowCount, sortOrderId])).toEqual([[26_002, 1]]);
    expect(await isInOrder(table, written)).toBe(true);
    const [sum] = await sql.rows(
      `SELECT count(DISTINCT n)::INT AS count, max(n)::INT AS last FROM ${readerSql(written, readSchema(table))}`,
    );
    expect(sum).toEqual({ count: startSecond + 13_001, last: startSecond + 13_000 });
  });

  test("sorts many rows where one file's are not in order", async () => {
    await using dir = await tempDir();
    let { table } = await testTable(dir.path);
    const at = (second: number): Row => ({
      ts: new Date(Date.UTC(2026, 0, 5) + second * 1_000).toISOString(),
      n: second,
    });
    ({ table } = await append(table, [at(0), at(1)]));
    // More than a row group, the last row of them the first in time.
    const many = Array.from({ length: 25_000 }, (_, index) => at(30_000 + index));
    ({ table } = await append(table, [...many, at(2)]));
    const files = (await table.files()).toSorted((a, b) => (a.tsMinUs ?? 0) - (b.tsMinUs ?? 0));
    expect(files.map(({ sortOrderId }) => sortOrderId)).toEqual([1, undefined]);
    const written = await rewriteFiles(table, { day: DAY, files }, undefined);
    expect(written.map(({ rowCount }) => rowCount)).toEqual([25_003]);
    expect(await isInOrder(table, written)).toBe(true);
  });

  test.each([
    { rowCount: 45_056, groupCount: 1 },
    { rowCount: 45_057, groupCount: 2 },
  ])("makes $groupCount row groups of a day of $rowCount rows", async ({ rowCount, groupCount }) => {
    await using dir = await tempDir();
    let { table } = await testTable(dir.path);
    const instants = Array.from({ length: rowCount }, (_, n) => ({
      ts: new Date(DAY * 86_400_000 + n).toISOString(),
    }));
    // In the order of `ts` and not.
    for (const part of [instants.slice(1000), instants.slice(0, 1000)])
      ({ table } = await append(table, part));
    const written = await rewriteFiles(table, { day: DAY, files: await table.files() }, undefined);
    expect(written.map((file) => file.rowCount)).toEqual([rowCount]);
    expect(await rowGroupCountOf(written[0]?.path)).toBe(groupCount);
    expect(await isInOrder(table, written)).toBe(true);
  });

  test("writes no Bloom filters", async () => {
    await using dir = await tempDir();
    let { table } = await testTable(dir.path);
    const rows = Array.from({ length: 2_000 }, (_, n) => ({
      ts: new Date(DAY * 86_400_000 + n).toISOString(),
      event: { hash: `h${n % 20}` },
    }));
    for (const part of [rows.slice(1000), rows.slice(0, 1000)]) ({ table } = await append(table, part));
    const [written] = await rewriteFiles(table, { day: DAY, files: await table.files() }, undefined);
    const filters = `SELECT count(bloom_filter_length)::INT AS count FROM parquet_metadata('${written?.path}')`;
    expect(await sql.rows(filters)).toEqual([{ count: 0 }]);
  });

  test("makes slices smaller where DuckDB's memory does not suffice", async () => {
    await using dir = await tempDir();
    const lake = await openLake({
      warehouse: dir.path,
      database: "d",
      catalog: { type: "folder" },
      clock: systemClock,
      duckdb: { memoryLimitBytes: 64 * 1024 * 1024 },
    });
    let table = await lake.create("t", { columns: SMALL_COLUMNS, properties: { [CURSOR]: "0" } });
    for (const shift of [0, 1]) {
      const rows = Array.from({ length: 4_000 }, (_, index) => {
        const hash = `${index}.${shift} `.repeat(1_000);
        return {
          ts: new Date(Date.UTC(2026, 0, 5) + index * 2_000 + shift * 1000).toISOString(),
          event: { hash },
        };
      });
      ({ table } = await append(table, rows));
    }
    const files = await table.files();
    const written = await rewriteFiles(table, { day: DAY, files }, undefined);
    expect(written.map(({ rowCount }) => rowCount)).toEqual([8_000]);
    expect(await rowGroupCountOf(written[0]?.path)).toBe(4);
    expect(await isInOrder(table, written)).toBe(true);
  });

  test("writes nothing where files hold other than the rows that the table says", async () => {
    await using dir = await tempDir();
    let { table } = await testTable(dir.path);
    for (const n of [1, 2]) ({ table } = await append(table, [{ ts: `${DAY_TEXT}T00:00:00Z`, n }]));
    const [first, second] = await table.files();
    if (first === undefined || second === undefined) throw new Error("Cannot test: files are missing");
    const lying = [first, { ...second, rowCount: 2 }];
    const failure = (await rewriteFiles(table, { day: DAY, files: lying }, undefined).catch(
      (error: unknown) => error,
    )) as DuolakeError;
    expect(failure.code).toBe("lake_metadata_invalid");
    expect(failure.message).toMatch(/must hold 3 rows by their manifests, got 2$/);
    const { length } = await sql.rows(`SELECT file FROM glob('${dir.path}/**/*.parquet')`);
    expect(length).toBe(2);
    expect(await sql.rows(`SELECT file FROM glob('${dir.path}/matano/.spool/*/**')`)).toEqual([]);
  });
});
