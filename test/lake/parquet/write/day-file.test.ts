import { stat } from "node:fs/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Row } from "../../../../src/core/row.ts";
import type { LakeTable, StagedFile } from "../../../../src/lake/lake.ts";
import { entryOf } from "../../../../src/lake/staged-file.ts";
import { EVERY_TYPE_COLUMNS } from "../../support/columns.ts";
import { everyTypeRow } from "../../support/every-type-rows.ts";
import { sql } from "../../support/sql.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { testTable } from "../../support/test-lake.ts";

async function write(table: LakeTable, rows: readonly Row[]): Promise<StagedFile> {
  const writer = table.writer();
  for (const row of rows) writer.add(row);
  const { files, refused } = await writer.finish();
  expect(refused).toEqual([]);
  expect(files).toHaveLength(1);
  return files[0] as StagedFile;
}

const oneDay = (rows: readonly Row[]): Row[] =>
  rows.map((row) => ({ ...row, ts: `2026-01-05${row.ts.slice(10)}` }));

/** `ts` as DuckDB prints it in UTC, so that it can be compared and sorted as text. */
const instantText = (ts: string): string => ts.slice(11, -1).padEnd(8, "0").padEnd(9, ".").padEnd(15, "0");

describe("a written file", () => {
  test("has every row as it was given, in the order of ts, equal instants in the order in which they came", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    await fc.assert(
      fc.asyncProperty(
        fc.array(everyTypeRow, { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        async (made, isClose) => {
          // Numbered by `i`; in half of the runs at only three instants.
          const rows = oneDay(made).map((row, i) => ({
            ...row,
            i,
            ...(isClose && { ts: `2026-01-05T00:00:0${(i * 7) % 3}Z` }),
          }));
          const file = await write(table, rows);
          const read = await sql.rows(
            `SELECT i, text, nested.texts AS texts, to_json(nested.things)::VARCHAR AS things, nested IS NULL AS bare, l::VARCHAR AS l, d, flag, uid::VARCHAR AS uid FROM read_parquet('${file.path}', hive_partitioning = false, file_row_number = true) ORDER BY file_row_number`,
          );
          const order = rows
            .map(({ ts }, i) => ({ at: instantText(ts), i }))
            .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.i - b.i));
          expect(read.map((row) => row["i"])).toEqual(order.map(({ i }) => i));
          for (const row of read) expect(shown(row)).toEqual(expected(rows[Number(row["i"])] as Row));
          expect(entryOf(file).sort_order_id).toBe(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("has several row groups where there are many rows, with dictionaries where values come again", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const count = 60_000;
    const at = (i: number): string => new Date(Date.UTC(2026, 0, 5) + i * 1_000).toISOString();
    const rows = Array.from({ length: count }, (_, i): Row => {
      const event = { hash: `hash ${i}`, tags: i % 3 === 0 ? [] : [`tag ${i % 7}`, "x"] };
      // The same few values, then each another one.
      const n = i < 30_000 ? i % 5 : i;
      return { ts: at(i ^ 1), ...(i % 10 !== 9 && { event }), n };
    });
    const file = await write(table, rows);
    expect(file.rowCount).toBe(count);
    expect(file.sizeBytes).toBe((await stat(file.path)).size);
    expect(entryOf(file).sort_order_id).toBe(1);
    const [sums] = await sql.rows(
      `SELECT count(*)::INT AS n, count(DISTINCT event.hash)::INT AS hashes, sum(n)::DOUBLE AS sum, sum(len(event.tags))::INT AS tags, count(*) FILTER (event IS NULL)::INT AS bare, bool_and(event.hash IS NULL OR epoch_ms(ts) = epoch_ms(TIMESTAMP '2026-01-05') + xor(event.hash[6:]::INT, 1) * 1000) AS fits FROM read_parquet('${file.path}', hive_partitioning = false)`,
    );
    const tagged = rows.filter(({ event }) => event !== undefined);
    expect(sums).toEqual({
      n: count,
      hashes: tagged.length,
      sum: rows.reduce((sum, { n }) => sum + Number(n), 0),
      tags: tagged.reduce((sum, { event }) => sum + (event as { tags: string[] }).tags.length, 0),
      bare: count - tagged.length,
      fits: true,
    });
    const chunks = await sql.rows(
      `SELECT row_group_id::INT AS id, row_group_num_rows::INT AS n, path_in_schema AS path, encodings FROM parquet_metadata('${file.path}') ORDER BY ALL`,
    );
    const of = (path: string): unknown[] => chunks.filter((one) => one["path"] === path);
    expect(of("n")).toEqual([
      { id: 0, n: 24_576, path: "n", encodings: "PLAIN, RLE, RLE_DICTIONARY" },
      { id: 1, n: 24_576, path: "n", encodings: "PLAIN, RLE" },
      { id: 2, n: 10_848, path: "n", encodings: "PLAIN, RLE" },
    ]);
    expect(of("event, tags, list, element")).toHaveLength(3);
  });

  test("does not say that it is in order where row groups overlap", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const rows = Array.from({ length: 30_000 }, (_, i): Row => ({
      ts: new Date(Date.UTC(2026, 0, 5) + (i < 29_999 ? i * 1_000 : 0)).toISOString(),
      n: i,
    }));
    expect(entryOf(await write(table, rows)).sort_order_id).toBeNull();
  });

  test("has exact smallest and largest values in its footer, which engines skip row groups by", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const file = await write(table, [
      {
        ts: "2026-01-05T00:00:01Z",
        i: -5,
        text: "b",
        d: 0,
        day: "1969-12-31",
        l: 2n ** 63n - 1n,
        flag: true,
      },
      {
        ts: "2026-01-05T00:00:02Z",
        i: 7,
        text: "é",
        d: 1.5,
        day: "2026-01-05",
        l: -5,
        flag: false,
        nested: { flag: true },
      },
      { ts: "2026-01-05T00:00:03Z" },
    ]);
    const rows = await sql.rows(
      `SELECT path_in_schema AS path, stats_min_value AS low, stats_max_value AS high, stats_null_count::INT AS nulls FROM parquet_metadata('${file.path}')`,
    );
    const of = (path: string): unknown => {
      const row = rows.find((one) => one["path"] === path);
      return [row?.["low"], row?.["high"], row?.["nulls"]];
    };
    expect(of("i")).toEqual(["-5", "7", 1]);
    expect(of("text")).toEqual(["b", "é", 1]);
    expect(of("l")).toEqual(["-5", "9223372036854775807", 1]);
    expect(of("day")).toEqual(["1969-12-31", "2026-01-05", 1]);
    expect(of("nested, flag")).toEqual(["true", "true", 2]);
    expect(of("nested, texts, list, element")).toEqual([null, null, 3]);
  });
});

function shown(row: Record<string, unknown>): unknown {
  const { text, texts, things, bare, l, d, flag, uid } = row;
  const items = texts as { readonly items: readonly unknown[] } | null;
  const listed = items === null ? null : (items.items ?? items);
  return { text, texts: listed, things: thingsOf(things), bare, l, d, flag, uid };
}

/** The first member of each; the other is compared by the tests of the compaction, bit by bit. */
function thingsOf(json: unknown): unknown {
  if (typeof json !== "string") return null;
  return (JSON.parse(json) as readonly { readonly a: number | null }[]).map(({ a }) => a);
}

/** The row as DuckDB must show it. */
function expected(row: Row): unknown {
  const nested = row["nested"] as Record<string, never> | undefined;
  const things = nested?.["things"] as readonly { readonly a?: number }[] | undefined;
  const texts = nested?.["texts"] as readonly (string | null)[] | undefined;
  const text = row["text"] as string | undefined;
  const l = row["l"] as bigint | undefined;
  return {
    text: text?.toWellFormed() ?? null,
    texts: texts?.map((one) => one?.toWellFormed() ?? null) ?? null,
    things: things?.map(({ a }) => a ?? null) ?? null,
    bare: nested === undefined,
    l: l === undefined ? null : String(l),
    d: row["d"] === undefined ? null : Number(row["d"]) + 0,
    flag: row["flag"] ?? null,
    uid: (row["uid"] as string | undefined)?.toLowerCase() ?? null,
  };
}
