import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import type { Column } from "../../src/core/columns.ts";
import { openLake } from "../../src/lake/open-lake.ts";
import { readColumn } from "../../src/lake/read-column.ts";
import { readerSql, readSchema } from "../../src/lake/reader-sql.ts";
import { localStore } from "../../src/lake/store/local.ts";
import { systemError } from "../../src/lake/store/memory.ts";
import type { Store } from "../../src/lake/store/store.ts";
import { SMALL_COLUMNS } from "./support/columns.ts";
import { independentAvro } from "./support/independent-avro.ts";
import { sql } from "./support/sql.ts";
import { tempDir } from "./support/temp-dir.ts";
import { append, CURSOR, testLake, testTable } from "./support/test-lake.ts";

const columns = SMALL_COLUMNS;
const properties = { [CURSOR]: "0" };

describe("openLake", () => {
  test("openLake touches nothing; create makes the folders", async () => {
    await using dir = await tempDir();
    const warehouse = `${dir.path}/not/yet`;
    const lake = await testLake(warehouse);
    expect(await lake.list()).toEqual([]);
    expect(await lake.load("duo_auth")).toBeUndefined();
    expect(await readdir(dir.path)).toEqual([]);
    const table = await lake.create("duo_auth", { columns, properties });
    expect(table).toMatchObject({
      name: "duo_auth",
      location: `${warehouse}/matano/duo_auth`,
      snapshotId: undefined,
      snapshotAtMs: undefined,
      rowCount: 0,
      fileCount: 0,
    });
    expect(table.columns).toEqual(columns);
    expect(table.properties[CURSOR]).toBe("0");
    expect(await table.files()).toEqual([]);
    expect(await lake.list()).toEqual(["duo_auth"]);
  });

  test("openLake loads DuckDB only for the first rows", () => {
    const script = fileURLToPath(new URL("support/without-duckdb.ts", import.meta.url));
    const run = spawnSync(process.execPath, ["--import", "tsx", script], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("no DuckDB\n");
  });

  test("lake.create returns the table that is there already", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    const again = await lake.create("duo_auth", {
      columns: columns.slice(0, 1),
      properties: { [CURSOR]: "9" },
    });
    expect(again.properties[CURSOR]).toBe("0");
    expect(again.metadataLocation).toBe(table.metadataLocation);
    const both = await Promise.all([1, 2, 3].map(() => lake.create("other", { columns, properties })));
    expect(new Set(both.map((one) => one.metadataLocation)).size).toBe(1);
  });

  test.each([
    [{ catalog: { type: "glue" } }, /catalog type glue/],
    [{ catalog: { type: "rest", uri: "http://127.0.0.1:1", auth: "sigv4" } }, /catalog auth sigv4/],
    [{ warehouse: "gs://bucket/lake" }, /gs:\/\/bucket\/lake/],
  ] as const)("openLake refuses what this version does not have (%#)", async (options, message) => {
    const opening = openLake({
      warehouse: "/tmp",
      database: "matano",
      catalog: { type: "folder" },
      clock: systemClock,
      ...options,
    });
    await expect(opening).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringMatching(message),
    });
  });
});

describe("LakeTable", () => {
  test("table.commit, reload and files tell one story", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    expect(await table.reload()).toBe(table);
    const { table: one } = await append(table, [
      { ts: "2024-01-01T00:00:00Z", event: { hash: "a", tags: ["x"] } },
      { ts: "2024-01-03T00:00:00.000001Z", event: { hash: "b" } },
    ]);
    const reloaded = await table.reload();
    expect(reloaded).toMatchObject({ rowCount: 2, fileCount: 2, snapshotId: one.snapshotId });
    expect(reloaded.properties[CURSOR]).toBe("1");
    expect(one.snapshotAtMs).toBeGreaterThan(Date.now() - 60_000);
    expect(one.snapshotId).toBeGreaterThan(0n);
    expect(one.snapshotId).toBeLessThan(2n ** 53n);
    const late = Date.UTC(2024, 0, 3) * 1000;
    expect((await one.files({ fromUs: late })).map((file) => file.tsMinUs)).toEqual([late + 1]);
    expect(await lake.load("duo_auth")).toMatchObject({ rowCount: 2 });
  });

  test("every file that the metadata names is there, with its exact size, and readable by another decoder", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const { table: one } = await append(table, [
      { ts: "2024-01-01T00:00:00Z" },
      { ts: "2024-01-02T00:00:00Z" },
    ]);
    const { table: two } = await append(one, [{ ts: "2024-01-02T00:00:00Z" }]);
    const metadata = JSON.parse(await readFile(two.metadataLocation, "utf8")) as {
      snapshots: { "manifest-list": string }[];
    };
    const list = independentAvro(await readFile(metadata.snapshots.at(-1)?.["manifest-list"] ?? ""));
    expect(list.records).toHaveLength(2);
    for (const manifest of list.records) {
      const path = manifest["manifest_path"] as string;
      expect(Number(manifest["manifest_length"])).toBe((await stat(path)).size);
      for (const entry of independentAvro(await readFile(path)).records) {
        const file = entry["data_file"] as Record<string, unknown>;
        expect(file["file_format"]).toBe("PARQUET");
        expect(Number(file["file_size_in_bytes"])).toBe((await stat(file["file_path"] as string)).size);
        expect(entry["sequence_number"] ?? null).toBeNull();
      }
    }
  });

  test("table.discard removes staged files and never throws", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    const writer = table.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z" });
    const { files } = await writer.finish();
    await table.discard(files);
    await table.discard(files);
    await expect(stat(files[0]?.path ?? "")).rejects.toThrow("ENOENT");
  });

  test("table.rowCount is counted where another engine left out the totals", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    const { table: one } = await append(table, [
      { ts: "2024-01-01T00:00:00Z" },
      { ts: "2024-01-01T00:00:00Z" },
    ]);
    const text = await readFile(one.metadataLocation, "utf8");
    await writeFile(one.metadataLocation, text.replace(/"total-(records|data-files)":"\d+",/g, ""));
    expect(await lake.load("duo_auth")).toMatchObject({ rowCount: 2, fileCount: 1 });
  });
});

describe("lake.evolve", () => {
  const wider: readonly Column[] = [
    ...columns.slice(0, 1),
    { name: "n", type: "long" },
    {
      name: "event",
      type: {
        type: "struct",
        fields: [
          { name: "kind", type: "string" },
          { name: "more", type: { type: "struct", fields: [{ name: "x", type: "double" }] } },
        ],
      },
    },
    { name: "extra", type: { type: "list", element: "int" } },
  ];

  test("lake.evolve adds columns once; old and new files read as one table", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    const { table: old } = await append(table, [
      { ts: "2024-01-01T00:00:00Z", n: 5, event: { hash: "a", tags: ["x"] } },
    ]);
    const evolved = await lake.evolve(old, wider);
    expect(await lake.evolve(evolved, wider)).toBe(evolved);
    expect(await lake.evolve(evolved, columns)).toBe(evolved);
    expect(evolved.columns.map((column) => column.name)).toEqual(["ts", "event", "n", "extra"]);
    const { table: both } = await append(evolved, [
      { ts: "2024-01-02T00:00:00Z", n: 2n ** 40n, event: { kind: "k", more: { x: 1.5 } }, extra: [1] },
    ]);
    const rows = await sql.rows(
      `SELECT to_json(t)::VARCHAR AS row FROM ${readerSql(await both.files(), readSchema(both))} AS t ORDER BY ts`,
    );
    expect(rows.map((row) => JSON.parse(row["row"] as string) as unknown)).toEqual([
      {
        ts: "2024-01-01 00:00:00+00",
        event: { hash: "a", tags: ["x"], kind: null, more: null },
        n: 5,
        extra: null,
      },
      {
        ts: "2024-01-02 00:00:00+00",
        event: { hash: null, tags: null, kind: "k", more: { x: 1.5 } },
        n: 2 ** 40,
        extra: [1],
      },
    ]);
    const empty = await sql.rows(`SELECT * FROM ${readerSql([], readSchema(both))}`);
    expect(empty).toEqual([]);
  });

  test("lake.evolve refuses another type and changes nothing", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    await expect(lake.evolve(table, [{ name: "n", type: "boolean" }])).rejects.toMatchObject({
      code: "lake_schema_conflict",
    });
    expect(await table.reload()).toBe(table);
  });

  test("lake.evolve merges again when others were first", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    const added = await Promise.all(
      ["a", "b", "c", "d"].map((name) => lake.evolve(table, [{ name, type: "string" }])),
    );
    expect(added).toHaveLength(4);
    const now = await table.reload();
    expect(now.columns.map((column) => column.name).sort()).toEqual(["a", "b", "c", "d", "event", "n", "ts"]);
  });

  test("a writer of the table before it evolved still commits", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    const writer = table.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z", n: 1 });
    const { files } = await writer.finish();
    await lake.evolve(table, wider);
    const after = await table.commit({
      files,
      setProperties: {},
      compareAndSet: { key: CURSOR, from: "0", to: "1" },
    });
    const rows = await sql.rows(
      `SELECT n::VARCHAR AS n, extra FROM ${readerSql(await after.files(), readSchema(after))}`,
    );
    expect(rows).toEqual([{ n: "1", extra: null }]);
  });
});

describe("readColumn", () => {
  test("readColumn gives one column of the rows in the range, both ends included", async () => {
    await using dir = await tempDir();
    const { lake, table: start } = await testTable(dir.path);
    let table = start;
    for (let day = 1; day <= 3; day += 1) {
      const rows = [0, 1, 2].map((hour) => ({
        ts: `2024-01-0${day}T0${hour}:00:00.000001Z`,
        event: hour === 2 ? {} : { hash: `d${day}h${hour}` },
      }));
      ({ table } = await append(table, rows));
    }
    table = await lake.evolve(table, [{ name: "late", type: "string" }]);
    const read = async (options: { fromUs: number; toUs?: number; path?: string[] }): Promise<string[]> => {
      const values: string[] = [];
      for await (const rows of readColumn(table, { path: ["event", "hash"], ...options })) {
        for (const { tsUs, value } of rows) {
          expect(tsUs % 1_000_000).toBe(1);
          values.push(value);
        }
      }
      return values.sort();
    };
    const us = (day: number, hour: number): number => Date.UTC(2024, 0, day, hour) * 1000 + 1;
    expect(await read({ fromUs: us(2, 1) })).toEqual(["d2h1", "d3h0", "d3h1"]);
    expect(await read({ fromUs: us(2, 1) + 1 })).toEqual(["d3h0", "d3h1"]);
    expect(await read({ fromUs: us(1, 1), toUs: us(2, 0) })).toEqual(["d1h1", "d2h0"]);
    expect(await read({ fromUs: us(9, 0) })).toEqual([]);
    expect(await read({ fromUs: 0, path: ["late"] })).toEqual([]);
    await expect(read({ fromUs: 0, path: ["event", "none"] })).rejects.toThrow(RangeError);
    await expect(async () => {
      const options = { path: ["event", "hash"], fromUs: 0, signal: AbortSignal.abort() };
      for await (const _rows of readColumn(table, options)) throw new Error("Cannot be");
    }).rejects.toMatchObject({ code: "stopped" });
  });
});

describe("a lake that cannot be used", () => {
  const failing = (change: (store: Store) => Partial<Store>): Store => {
    const store = localStore();
    return { ...store, ...change(store) };
  };

  test.each([
    ["ENOSPC", "lake_full"],
    ["EACCES", "lake_unwritable"],
    ["EROFS", "lake_unwritable"],
  ] as const)("every write tells %s as %s, and the table stays as it was", async (code, expected) => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    let broken = false;
    const fail = (path: string): Promise<never> => Promise.reject(systemError(code, path));
    const store = failing((local) => ({
      writeNew: (path, bytes) => (broken ? fail(path) : local.writeNew(path, bytes)),
      putIfAbsent: (path, bytes) => (broken ? fail(path) : local.putIfAbsent(path, bytes)),
      adopt: (moves) => (broken ? fail("x") : local.adopt(moves)),
    }));
    const lake = await testLake(dir.path, store);
    const same = await lake.load("duo_auth");
    if (same === undefined) throw new Error("Cannot test without a table");
    const staged = same.writer();
    staged.add({ ts: "2024-01-01T00:00:00Z" });
    const { files } = await staged.finish();
    broken = true;
    const compareAndSet = { key: CURSOR, from: "0", to: "1" };
    const refusal = { code: expected };
    await expect(same.commit({ files, setProperties: {}, compareAndSet })).rejects.toMatchObject(refusal);
    await expect(same.commit({ setProperties: {}, compareAndSet })).rejects.toMatchObject(refusal);
    await expect(lake.probe()).rejects.toMatchObject(refusal);
    await expect(lake.create("other", { columns, properties })).rejects.toMatchObject(refusal);
    await expect(lake.evolve(same, [{ name: "x", type: "int" }])).rejects.toMatchObject(refusal);
    const writer = same.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z" });
    await expect(writer.finish()).rejects.toMatchObject(refusal);
    expect(await table.reload()).toBe(table);
    broken = false;
    expect((await same.commit({ files, setProperties: {}, compareAndSet })).rowCount).toBe(1);
  });

  test("a folder for temporary files that cannot be made is lake_unwritable", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path);
    await writeFile(`${dir.path}/matano/.spool`, "a file where the folder should be");
    const writer = table.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z" });
    await expect(writer.finish()).rejects.toMatchObject({ code: "lake_unwritable" });
  });

  test.skipIf(process.getuid?.() === 0)("a folder without permission is lake_unwritable", async () => {
    await using dir = await tempDir();
    await mkdir(`${dir.path}/closed`);
    await chmod(`${dir.path}/closed`, 0o500);
    const lake = await testLake(`${dir.path}/closed`);
    await expect(lake.probe()).rejects.toMatchObject({ code: "lake_unwritable" });
    await expect(lake.create("t", { columns, properties })).rejects.toMatchObject({
      code: "lake_unwritable",
    });
  });

  test("lake.probe leaves nothing", async () => {
    await using dir = await tempDir();
    const lake = await testLake(dir.path);
    await lake.probe();
    expect(await readdir(`${dir.path}/matano`)).toEqual([]);
  });

  test("damaged metadata is refused with its file's name and never written over", async () => {
    await using dir = await tempDir();
    const { lake, table } = await testTable(dir.path);
    await writeFile(table.metadataLocation, '{"format-version": 2, "table-uuid"');
    const refusal = {
      code: "lake_metadata_invalid",
      message: expect.stringContaining(table.metadataLocation),
    };
    await expect(lake.load("duo_auth")).rejects.toMatchObject(refusal);
    await expect(lake.create("duo_auth", { columns, properties })).rejects.toMatchObject(refusal);
    expect(await readFile(table.metadataLocation, "utf8")).toBe('{"format-version": 2, "table-uuid"');
  });
});
