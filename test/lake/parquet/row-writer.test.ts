import { readdir, stat } from "node:fs/promises";
import * as zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Column } from "../../../src/core/columns.ts";
import type { Row } from "../../../src/core/row.ts";
import type { FieldType, NestedField } from "../../../src/lake/spec/types.ts";
import { currentSchema } from "../../../src/lake/spec/metadata.ts";
import { entryOf } from "../../../src/lake/staged-file.ts";
import { internalsOf } from "../../../src/lake/table.ts";
import { EVERY_TYPE_COLUMNS } from "../support/columns.ts";
import { sql } from "../support/sql.ts";
import { tempDir } from "../support/temp-dir.ts";
import { append, testTable } from "../support/test-lake.ts";

/** Field ids by path, in the order of the file; lists appear as `list` and `element`. */
function expectedIds(fields: readonly NestedField[]): (readonly [string, number | null])[] {
  const out: (readonly [string, number | null])[] = [];
  const visit = (name: string, id: number, type: FieldType): void => {
    out.push([name, id]);
    if (typeof type === "string") return;
    if (type.type === "struct") for (const field of type.fields) visit(field.name, field.id, field.type);
    if (type.type === "list") {
      out.push(["list", null]);
      visit("element", type["element-id"], type.element);
    }
  };
  for (const field of fields) visit(field.name, field.id, field.type);
  return out;
}

/** The same as the file has them. */
async function writtenIds(path: string): Promise<unknown[]> {
  const rows = await sql.rows(`SELECT name, field_id FROM parquet_schema('${path}')`);
  return rows.slice(1).map((row) => [row["name"], row["field_id"] === null ? null : Number(row["field_id"])]);
}

/** zstd is not in every Node that this program runs in. */
const CODEC = "zstdCompress" in zlib ? "ZSTD" : "GZIP";

describe("rowWriter", () => {
  test("rowWriter.finish gives every column its field id, also after the table evolved", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const added: Column[] = [
      {
        name: "late",
        type: { type: "list", element: { type: "struct", fields: [{ name: "z", type: "int" }] } },
      },
      { name: "i", type: "long" },
    ];
    const evolved = await lake.evolve(table, added);
    for (const current of [table, evolved]) {
      const writer = current.writer();
      writer.add({ ts: "2024-01-01T00:00:00Z" });
      const { files } = await writer.finish();
      const { fields } = currentSchema(internalsOf(current).loaded.metadata);
      expect(await writtenIds(files[0]?.path ?? "")).toEqual(expectedIds(fields));
    }
  });

  test("rowWriter.finish writes one file for each day, compressed, with exact sizes and its rows in order", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    for (const days of [1, 3]) {
      const writer = table.writer();
      for (let i = 0; i < 90; i += 1) {
        const day = 1 + ((i * 7) % days);
        writer.add({
          ts: `2024-03-0${day}T00:${String((i * 37) % 60).padStart(2, "0")}:00Z`,
          n: i,
          event: { hash: `${i}`.repeat(16) },
        });
      }
      expect(writer.rowCount).toBe(90);
      const { files, refused } = await writer.finish();
      expect(refused).toEqual([]);
      expect(files).toHaveLength(days);
      expect(files.map((file) => file.rowCount)).toEqual(files.map(() => 90 / days));
      for (const file of files) {
        expect(file.sizeBytes).toBe((await stat(file.path)).size);
        expect(file.path).toMatch(/\/data\/ts_day=2024-03-0\d\/[0-9a-f-]{36}\.parquet$/);
        const [row] = await sql.rows(
          `SELECT min(epoch_us(ts)) AS low, max(epoch_us(ts)) AS high, list(n ORDER BY file_row_number) = list(n ORDER BY ts, file_row_number) AS sorted, (SELECT list(DISTINCT compression ORDER BY compression)::VARCHAR FROM parquet_metadata('${file.path}')) AS codecs FROM read_parquet('${file.path}', hive_partitioning = false, file_row_number = true)`,
        );
        expect([Number(row?.["low"]), Number(row?.["high"])]).toEqual([file.tsMinUs, file.tsMaxUs]);
        expect(row?.["codecs"]).toBe(`[${[CODEC, "UNCOMPRESSED"].sort().join(", ")}]`);
        expect(row?.["sorted"]).toBe(true);
        expect(entryOf(file).sort_order_id).toBe(1);
      }
    }
  });

  test("rowWriter leaves nothing beside the files, whether it finishes, is aborted or has no rows", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const finished = table.writer();
    finished.add({ ts: "2024-01-01T00:00:00Z" });
    await finished.finish();
    const aborted = table.writer();
    aborted.add({ ts: "2024-01-01T00:00:00Z" });
    await aborted.abort();
    expect(await table.writer().finish()).toEqual({ files: [], refused: [] });
    expect(await readdir(`${dir.path}/matano/.spool`)).toEqual([]);
    expect(() => finished.add({ ts: "2024-01-01T00:00:00Z" })).toThrow(TypeError);
    await expect(finished.finish()).rejects.toThrow(TypeError);
  });

  test("rowWriter.finish stops when asked to and leaves nothing", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const writer = table.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z" });
    await expect(writer.finish(AbortSignal.abort())).rejects.toMatchObject({ code: "stopped" });
    expect(await readdir(`${dir.path}/matano/.spool`).catch(() => [])).toEqual([]);
  });

  test("rows come back as they went in", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const row: Row = {
      ts: "2024-02-29T12:34:56.000007Z",
      flag: true,
      i: -5,
      l: 9_223_372_036_854_775_807n,
      d: 0.1,
      day: "1969-12-31",
      clock: "23:59:59.999999",
      local: "2024-02-29T12:34:56.5Z",
      text: "NUL \u0000, lone \ud800, pair \u{1F600}, \\ud800",
      uid: "f79c3e09-677c-4bbd-a479-3f349cb785e7",
      small_money: "-12.30",
      nested: { texts: ["a", null, ""], things: [{ a: 1, deep: [[1.5], []] }, {}] },
    };
    const { table: after } = await append(table, [
      row,
      { ts: "2024-02-29T00:00:00Z", nested: {}, text: null },
    ]);
    const [file] = await after.files();
    const rows = await sql.rows(
      `SELECT epoch_us(ts)::VARCHAR AS ts, flag, i, l::VARCHAR AS l, d, day::VARCHAR AS day, clock::VARCHAR AS clock, epoch_us("local")::VARCHAR AS "local", text, uid::VARCHAR AS uid, small_money::VARCHAR AS small_money, to_json(nested)::VARCHAR AS nested FROM read_parquet('${file?.path}', hive_partitioning = false) ORDER BY ts`,
    );
    expect(rows[1]).toEqual({
      ts: String(Date.UTC(2024, 1, 29, 12, 34, 56) * 1000 + 7),
      flag: true,
      i: -5,
      l: "9223372036854775807",
      d: 0.1,
      day: "1969-12-31",
      clock: "23:59:59.999999",
      local: String(Date.UTC(2024, 1, 29, 12, 34, 56, 500) * 1000),
      text: "NUL \u0000, lone \ufffd, pair \u{1F600}, \\ud800",
      uid: "f79c3e09-677c-4bbd-a479-3f349cb785e7",
      small_money: "-12.30",
      nested:
        '{"flag":null,"l":null,"odd \\"name\'":null,"texts":["a",null,""],"things":[{"a":1,"deep":[[1.5],[]]},{"a":null,"deep":null}]}',
    });
    expect(rows[0]).toMatchObject({ text: null, flag: null });
    expect(rows[0]?.["nested"]).toContain('"texts":null');
  });
});

describe("rowWriter with many days", () => {
  test("rowWriter.finish writes each day once, also when there are more days than spools", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const writer = table.writer();
    const dayCount = 80;
    for (let i = 0; i < dayCount * 3; i += 1) {
      const ts = new Date(Date.UTC(2024, 0, 1 + (i % dayCount), 12 - Math.floor(i / dayCount))).toISOString();
      writer.add({ ts, n: i });
    }
    const { files, refused } = await writer.finish();
    expect(refused).toEqual([]);
    expect(files.map((file) => file.rowCount)).toEqual(Array.from({ length: dayCount }, () => 3));
    expect(new Set(files.map((file) => entryOf(file).partition["ts_day"])).size).toBe(dayCount);
    for (const file of files) {
      const [row] = await sql.rows(
        `SELECT list(n ORDER BY file_row_number) = list(n ORDER BY ts) AS sorted FROM read_parquet('${file.path}', hive_partitioning = false, file_row_number = true)`,
      );
      // One that says it is sorted must be; one of the surplus days need not say so.
      expect(row?.["sorted"] === true || entryOf(file).sort_order_id === null).toBe(true);
    }
    expect(files.filter((file) => entryOf(file).sort_order_id === 1).length).toBeGreaterThan(60);
  });
});
