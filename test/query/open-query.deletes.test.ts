import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import type { DataFile, LakeTable } from "../../src/lake/lake.ts";
import { planRead } from "../../src/lake/plan-read.ts";
import { deleteRows } from "../lake/support/delete-rows.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "n", type: "long" },
];
const DAY_MS = 86_400_000;
const day = (number: number, ms = 0): string => new Date(Date.UTC(2026, 2, number) + ms).toISOString();
const NUMBERS = "SELECT n FROM duo_auth ORDER BY n";

describe("openQuery leaves out rows that another engine deleted:", () => {
  let lake: QueryLake;

  beforeEach(async () => {
    lake = await queryLake();
    await lake.create("duo_auth", COLUMNS, []);
    for (const first of [1, 2]) {
      const rows = [0, 1, 2].map((at) => ({ ts: day(first, at), n: BigInt(10 * first + at) }));
      await lake.append("duo_auth", rows);
    }
  });

  afterEach(() => lake[Symbol.asyncDispose]());

  const load = async (): Promise<LakeTable> => {
    const table = await lake.lake.load("duo_auth");
    if (table === undefined) throw new Error("there is no table");
    return table;
  };
  const fileOf = async (number: number): Promise<DataFile> => {
    const { files } = await planRead(await load(), {});
    const file = files.find(({ tsMinUs }) => tsMinUs === Date.UTC(2026, 2, number) * 1000);
    if (file === undefined) throw new Error(`there is no file of day ${number}`);
    return file;
  };
  const numbers = async (sql = NUMBERS): Promise<unknown> => (await lake.ask(sql)).rows.flat();

  test("by position, in one file and in several, with and without a condition", async () => {
    const [one, two] = [await fileOf(1), await fileOf(2)];
    await deleteRows(await load(), { rows: [[one.path, 1]] });
    expect(await numbers()).toEqual([10, 12, 20, 21, 22]);
    expect(await numbers("SELECT n FROM duo_auth WHERE n IN (11, 12)")).toEqual([12]);
    expect(await numbers(`SELECT n FROM duo_auth WHERE ts < '${day(2)}' ORDER BY n`)).toEqual([10, 12]);
    expect(await numbers("SELECT count(*) FROM duo_auth")).toEqual([5]);
    await deleteRows(await load(), {
      rows: [
        [one.path, 0],
        [two.path, 2],
        [two.path, 0],
      ],
    });
    expect(await numbers()).toEqual([12, 21]);
  });

  test("also in files from before a column was added", async () => {
    const one = await fileOf(1);
    await lake.lake.evolve(await load(), [...COLUMNS, { name: "added", type: "string" }]);
    await lake.append("duo_auth", [{ ts: day(3), n: 30n, added: "x" }]);
    const three = await fileOf(3);
    await deleteRows(await load(), { rows: [[one.path, 2]] });
    expect(await numbers()).toEqual([10, 11, 20, 21, 22, 30]);
    await deleteRows(await load(), { rows: [[three.path, 0]] });
    const old = "SELECT n FROM duo_auth WHERE added IS NULL ORDER BY n";
    expect(await numbers(old)).toEqual([10, 11, 20, 21, 22]);
    expect(await numbers()).toEqual([10, 11, 20, 21, 22]);
  });

  test("but as of a time before, they are there", async () => {
    const { snapshotId = 0n } = await load();
    await deleteRows(await load(), { rows: [[(await fileOf(1)).path, 0]] });
    expect(await numbers()).toHaveLength(5);
    expect((await lake.ask(NUMBERS, { asOf: { snapshotId } })).rows).toHaveLength(6);
  });

  test("between since and until", async () => {
    await deleteRows(await load(), { rows: [[(await fileOf(2)).path, 0]] });
    const sinceMs = Date.UTC(2026, 2, 2);
    const { rows } = await lake.ask(NUMBERS, { sinceMs, untilMs: sinceMs + DAY_MS });
    expect(rows.flat()).toEqual([21, 22]);
  });

  test("by several files of deletes, the same row by more than one, a row that is not there by another", async () => {
    const [one, two] = [await fileOf(1), await fileOf(2)];
    await deleteRows(await load(), { rows: [[one.path, 0]] });
    await deleteRows(await load(), {
      rows: [
        [one.path, 0],
        [one.path, 2],
      ],
    });
    await deleteRows(await load(), {
      rows: [
        [two.path, 1],
        [two.path, 99],
        [two.path.replace(".parquet", "-gone.parquet"), 0],
      ],
    });
    expect(await numbers()).toEqual([11, 20, 22]);
    expect(await numbers("SELECT count(*) FROM duo_auth")).toEqual([3]);
  });

  test("where the row stands in a later row group, whatever the condition", async () => {
    const rowCount = 30_000;
    const rows = Array.from({ length: rowCount }, (_, n) => ({ ts: day(3, n), n: BigInt(n) }));
    await lake.append("duo_auth", rows);
    const { path } = await fileOf(3);
    const gone = [12_287, 12_288, rowCount - 1];
    await deleteRows(await load(), { rows: gone.map((position) => [path, position]) });
    const of = `FROM duo_auth WHERE ts >= '${day(3)}'`;
    expect(await numbers(`SELECT count(*) ${of}`)).toEqual([rowCount - gone.length]);
    expect(await numbers(`SELECT n ${of} AND n BETWEEN 12286 AND 12290 ORDER BY n`)).toEqual([
      12_286, 12_289, 12_290,
    ]);
    expect(await numbers(`SELECT n ${of} AND ts > '${day(3, rowCount - 3)}'`)).toEqual([rowCount - 2]);
  });

  test.each(["file:", "file://"])("named as Hadoop names files of this machine: %s/srv", async (scheme) => {
    const { path } = await fileOf(1);
    await deleteRows(await load(), { rows: [[`${scheme}${path}`, 1]] });
    expect(await numbers()).toEqual([10, 12, 20, 21, 22]);
  });

  test("not those of a file that is younger than the delete", async () => {
    const [one, two] = [await fileOf(1), await fileOf(2)];
    await deleteRows(await load(), {
      rows: [
        [one.path, 0],
        [two.path, 0],
      ],
      sequenceNumber: 1,
    });
    expect(await numbers()).toEqual([11, 12, 20, 21, 22]);
  });

  test.each([
    [{ content: 2 }, "another engine deleted rows by their values"],
    [{ format: "PUFFIN" }, "another engine wrote deletes of the format PUFFIN"],
  ])("and says which deletes it cannot read: %j", async (kind, reason) => {
    await deleteRows(await load(), { rows: [["x", 0]], ...kind });
    await expect(lake.ask(NUMBERS)).rejects.toMatchObject({
      code: "lake_format_unsupported",
      message: expect.stringContaining(`Cannot read table duo_auth: ${reason}; rewrite the table there`),
    });
  });

  test("and refuses a column of the name that positions go by", async () => {
    await lake.lake.evolve(await load(), [...COLUMNS, { name: "Filename", type: "string" }]);
    expect(await numbers()).toHaveLength(6);
    await deleteRows(await load(), { rows: [[(await fileOf(1)).path, 0]] });
    await expect(lake.ask(NUMBERS)).rejects.toMatchObject({ code: "lake_format_unsupported" });
  });

  test.each([{}, { content: 2 }])(
    "and whoever does not reckon with them does not get the files of such a table: %j",
    async (kind) => {
      const { path } = await fileOf(1);
      await deleteRows(await load(), { rows: [[path, 0]], ...kind });
      const table = await load();
      await expect(table.files()).rejects.toMatchObject({ code: "lake_format_unsupported" });
      expect(await table.files({ withDeletedRows: true })).toHaveLength(2);
      const from = { fromUs: Date.UTC(2026, 2, 2) * 1000, withDeletedRows: true };
      expect(await table.files(from)).toHaveLength(1);
    },
  );
});
