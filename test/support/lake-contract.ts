import { describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import type { Lake, LakeTable, StagedFile } from "../../src/lake/lake.ts";

/** A lake with nothing in it, and its end. */
export interface OpenedLake extends AsyncDisposable {
  readonly lake: Lake;
}

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "n", type: "long" },
];
const KEY = "fence";
const OTHER_KEY = "other fence";
const SECOND_US = 1_000_000;

/** What the pipeline relies on of every lake: the rule of `LakeTable.commit`, views that stand still, and files by time. */
export function testLake(kind: string, open: () => Promise<OpenedLake>): void {
  const create = (lake: Lake): Promise<LakeTable> =>
    lake.create("t", { columns: COLUMNS, properties: { [KEY]: "0", [OTHER_KEY]: "0" } });
  const stage = async (table: LakeTable, ...seconds: readonly number[]): Promise<readonly StagedFile[]> => {
    const writer = table.writer();
    for (const second of seconds) writer.add({ ts: new Date(second * 1000).toISOString(), n: second });
    return (await writer.finish()).files;
  };
  const append = async (
    table: LakeTable,
    { key = KEY, from, to }: { key?: string; from: string; to: string },
  ): Promise<LakeTable> =>
    table.commit({
      files: await stage(table, Number(to)),
      setProperties: { [key]: to },
      compareAndSet: { key, from, to },
    });
  const now = async (lake: Lake): Promise<LakeTable> => (await lake.load("t")) as LakeTable;

  describe(`a lake ${kind}`, () => {
    test("gives the table of whoever created it first", async () => {
      await using opened = await open();
      await create(opened.lake);
      const second = await opened.lake.create("t", { columns: COLUMNS, properties: { [KEY]: "mine" } });
      expect(second.properties[KEY]).toBe("0");
      expect(await opened.lake.load("none")).toBeUndefined();
      expect(await opened.lake.list()).toEqual(["t"]);
    });

    test("commits rows and fence together, and leaves earlier views as they were", async () => {
      await using opened = await open();
      const before = await create(opened.lake);
      const after = await append(before, { from: "0", to: "1" });
      expect([before.rowCount, before.properties[KEY], before.snapshotId]).toEqual([0, "0", undefined]);
      expect([after.rowCount, after.properties[KEY], after.fileCount]).toEqual([1, "1", 1]);
      const reloaded = await before.reload();
      expect([reloaded.rowCount, reloaded.properties[KEY]]).toEqual([1, "1"]);
      expect(await after.reload()).toBe(after);
    });

    test("refuses a commit whose fence was moved, and changes nothing", async () => {
      await using opened = await open();
      const base = await create(opened.lake);
      await append(base, { from: "0", to: "1" });
      await expect(append(base, { from: "0", to: "2" })).rejects.toMatchObject({ code: "cursor_moved" });
      const table = await now(opened.lake);
      expect([table.rowCount, table.properties[KEY]]).toEqual([1, "1"]);
    });

    test("takes a fence that is where it was to be set for the same change", async () => {
      await using opened = await open();
      const base = await create(opened.lake);
      await append(base, { from: "0", to: "1" });
      expect((await append(base, { from: "0", to: "1" })).rowCount).toBe(1);
    });

    test("lets two fences move side by side, from views of the same age", async () => {
      await using opened = await open();
      const base = await create(opened.lake);
      await append(base, { from: "0", to: "1" });
      const both = await append(base, { key: OTHER_KEY, from: "0", to: "2" });
      expect([both.rowCount, both.properties[KEY], both.properties[OTHER_KEY]]).toEqual([2, "1", "2"]);
    });

    test("lets one of several commits win that start at one fence", async () => {
      await using opened = await open();
      const base = await create(opened.lake);
      const outcomes = await Promise.allSettled(["1", "2", "3"].map((to) => append(base, { from: "0", to })));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect((await now(opened.lake)).rowCount).toBe(1);
    });

    test("gives the files that may hold rows from a time on", async () => {
      await using opened = await open();
      const base = await create(opened.lake);
      const first = await append(base, { from: "0", to: "100" });
      const table = await append(first, { from: "100", to: "200" });
      expect(await table.files()).toHaveLength(2);
      const [file, ...others] = await table.files({ fromUs: 150 * SECOND_US });
      expect([file?.tsMinUs, file?.tsMaxUs, others.length]).toEqual([200 * SECOND_US, 200 * SECOND_US, 0]);
    });
  });
}
