import { stat } from "node:fs/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Row } from "../../../src/core/row.ts";
import type { LakeTable, StagedFile } from "../../../src/lake/lake.ts";
import { rewriteFiles } from "../../../src/lake/maintain/rewrite-files.ts";
import { metricsOf } from "../../../src/lake/parquet/metrics.ts";
import type { DataFileEntry } from "../../../src/lake/spec/manifest.ts";
import { leavesOf } from "../../../src/lake/spec/schema.ts";
import type { Leaf } from "../../../src/lake/spec/schema.ts";
import { decimalOf } from "../../../src/lake/spec/evolve.ts";
import type { NestedField } from "../../../src/lake/spec/types.ts";
import { currentSchema } from "../../../src/lake/spec/metadata.ts";
import { entryOf } from "../../../src/lake/staged-file.ts";
import { internalsOf } from "../../../src/lake/table.ts";
import { EVERY_TYPE_COLUMNS } from "../support/columns.ts";
import { everyTypeRow } from "../support/every-type-rows.ts";
import { sql } from "../support/sql.ts";
import { tempDir } from "../support/temp-dir.ts";
import { testTable } from "../support/test-lake.ts";

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function fieldsOf(table: LakeTable): readonly NestedField[] {
  return currentSchema(internalsOf(table).loaded.metadata).fields;
}

async function write(table: LakeTable, rows: readonly Row[]): Promise<readonly StagedFile[]> {
  const writer = table.writer();
  for (const row of rows) writer.add(row);
  const { files, refused } = await writer.finish();
  expect(refused).toEqual([]);
  return files;
}

/** Reads a bound back into SQL, by the specification's Appendix D and nothing of ours. */
function boundSql(type: string, bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hex = Buffer.from(bytes).toString("hex");
  switch (type) {
    case "boolean":
      return bytes[0] === 1 ? "true" : "false";
    case "int":
      return String(view.getInt32(0, true));
    case "date":
      return `(DATE '1970-01-01' + INTERVAL (${view.getInt32(0, true)}) DAY)::DATE`;
    case "long":
      return `'${view.getBigInt64(0, true)}'::BIGINT`;
    case "float":
      return `'${view.getFloat32(0, true)}'::FLOAT`;
    case "double":
      return `'${view.getFloat64(0, true)}'::DOUBLE`;
    case "time":
      return `(TIME '00:00:00' + to_microseconds(${view.getBigInt64(0, true)}))`;
    case "timestamp":
      return `make_timestamp(${view.getBigInt64(0, true)})`;
    case "timestamptz":
      return `make_timestamptz(${view.getBigInt64(0, true)})`;
    case "string":
      return `decode(from_hex('${hex}'))`;
    case "binary":
      return `from_hex('${hex}')`;
    case "uuid":
      return `'${hex}'::UUID`;
    default: {
      const scale = decimalOf(type)?.scale ?? 0;
      const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
      const text = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
      return `'${unscaled < 0n ? "-" : ""}${text.slice(0, -scale)}.${text.slice(-scale)}'::${type.toUpperCase()}`;
    }
  }
}

/** Every row must lie within the bounds: one that does not would be pruned away by a reader. */
async function checkBounds(file: DataFileEntry, leaves: readonly Leaf[]): Promise<number> {
  const checks: string[] = [];
  for (const leaf of leaves) {
    const column = leaf.path.map(quoted).join(".");
    for (const [bounds, compare] of [
      [file.lower_bounds, ">="],
      [file.upper_bounds, "<="],
    ] as const) {
      const bytes = bounds?.get(leaf.id);
      if (bytes === undefined) continue;
      expect(leaf.repeated).toBe(false);
      checks.push(`(count(*) FILTER (NOT (${column} ${compare} ${boundSql(leaf.type, bytes)})))`);
    }
  }
  const [row] = await sql.rows(
    `SELECT ${checks.map((check, index) => `${check} AS c${index}`).join(", ")} FROM read_parquet('${file.file_path}', hive_partitioning = false)`,
  );
  for (const [key, count] of Object.entries(row ?? {})) {
    expect(Number(count), `${checks[Number(key.slice(1))]}`).toBe(0);
  }
  return checks.length;
}

/** Counts and sizes against the file's own footer. */
async function checkCounts(file: DataFileEntry, leaves: readonly Leaf[]): Promise<void> {
  const rows = await sql.rows(
    `SELECT path_in_schema AS path, sum(num_values)::BIGINT AS n, sum(total_compressed_size)::BIGINT AS size, sum(stats_null_count)::BIGINT AS nulls FROM parquet_metadata('${file.file_path}') GROUP BY ALL`,
  );
  expect(rows).toHaveLength(leaves.length);
  for (const leaf of leaves) {
    const path = leaf.path.map((name, index) =>
      leaf.path[index - 1] !== undefined && name === "element" ? "list, element" : name,
    );
    const footer = rows.find((row) => row["path"] === path.join(", "));
    if (footer === undefined)
      throw new Error(
        `Cannot find ${path.join(", ")} among ${rows.map((row) => String(row["path"])).join("; ")}`,
      );
    expect(file.value_counts?.get(leaf.id)).toBe(Number(footer["n"]));
    expect(file.null_value_counts?.get(leaf.id)).toBe(Number(footer["nulls"]));
    expect(file.column_sizes?.get(leaf.id)).toBe(Number(footer["size"]));
  }
}

describe("metrics of written files", () => {
  test("bounds hold for every value of every type, counts and sizes are the footer's", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const leaves = leavesOf(fieldsOf(table));
    let boundCount = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(everyTypeRow, { minLength: 1, maxLength: 6 }), async (rows) => {
        const day = rows[0]?.ts.slice(0, 10) ?? "";
        const oneDay = rows.map((row) => ({ ...row, ts: `${day}${row.ts.slice(10)}` }));
        const pulled = await write(table, oneDay);
        // DuckDB writes these, with bounds that it finds itself.
        const compacted = await rewriteFiles(table, { day: 0, files: pulled }, undefined);
        expect([pulled.length, compacted.length]).toEqual([1, 1]);
        for (const file of [...pulled, ...compacted]) {
          const entry = entryOf(file);
          expect(entry.file_size_in_bytes).toBe((await stat(entry.file_path)).size);
          expect(entry.record_count).toBe(rows.length);
          boundCount += await checkBounds(entry, leaves);
          await checkCounts(entry, leaves);
        }
      }),
      { numRuns: 25 },
    );
    expect(boundCount).toBeGreaterThan(400);
  });

  test("bounds of booleans, zeros, long and highest texts, days before 1970", async () => {
    await using dir = await tempDir();
    const { table } = await testTable(dir.path, { columns: EVERY_TYPE_COLUMNS });
    const ts = "1969-12-31T23:59:59.999999Z";
    const [file] = await write(table, [
      { ts, flag: true, d: -0, f: 0, text: "\u{10FFFF}".repeat(18), nested: { flag: false } },
      { ts, flag: false, d: 0, f: 0, text: "x".repeat(300), nested: { flag: true } },
    ]);
    if (file === undefined) throw new Error("Cannot test without a file");
    const entry = entryOf(file);
    const leaves = new Map(leavesOf(fieldsOf(table)).map((leaf) => [leaf.path.join("."), leaf.id]));
    const bound = (side: "lower_bounds" | "upper_bounds", path: string): string | undefined => {
      const bytes = entry[side]?.get(leaves.get(path) ?? 0);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");
    };
    expect([bound("lower_bounds", "flag"), bound("upper_bounds", "flag")]).toEqual(["00", "01"]);
    expect([bound("lower_bounds", "nested.flag"), bound("upper_bounds", "nested.flag")]).toEqual([
      "00",
      "01",
    ]);
    expect(bound("lower_bounds", "d")).toBe("0000000000000080");
    expect(bound("upper_bounds", "d")).toBe("0000000000000000");
    expect(bound("lower_bounds", "text")).toBe(Buffer.from("x".repeat(16)).toString("hex"));
    expect(bound("upper_bounds", "text")).toBeUndefined();
    expect(entry.partition).toEqual({ ts_day: -1 });
    expect(entry.file_path).toContain("/data/ts_day=1969-12-31/");
    expect([file.tsMinUs, file.tsMaxUs]).toEqual([-1, -1]);
  });

  test("metricsOf refuses a column that no field has", () => {
    expect(() => metricsOf([])([{ key: '"ghost"', value: [] }])).toThrow('"ghost"');
  });

  test("metricsOf gives no bounds for a column with NaN", () => {
    const fields = [{ id: 4, name: "d", required: false, type: "double" }];
    const statistics = (nan: string): Parameters<ReturnType<typeof metricsOf>>[0] => [
      {
        key: '"d"',
        value: [
          { key: "has_nan", value: nan },
          { key: "min", value: "1.0" },
          { key: "max", value: "2.0" },
        ],
      },
    ];
    expect(metricsOf(fields)(statistics("true")).lower_bounds.size).toBe(0);
    expect(metricsOf(fields)(statistics("false")).lower_bounds.size).toBe(1);
  });
});
