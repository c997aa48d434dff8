import { expect, test } from "vitest";
import type { DuolakeError } from "../../../src/core/errors.ts";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { CommitConflict } from "../../../src/lake/catalog/catalog.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { checkHistory } from "../support/check-history.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { fakeFile, memoryTable, move } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";

/** Larger than a double holds exactly. */
const LARGE_ID = 9_007_199_254_740_993n;

/** Changes one property of a table. */
export function set(tools: CommitTools, base: Loaded, value: string): Promise<Loaded> {
  return tools.catalog.commit(base, [], [{ action: "set-properties", updates: { value } }]);
}

/** Makes a table, unless one is given, and as many commits. */
export async function commits(tools: CommitTools, count: number, from?: Loaded): Promise<Loaded> {
  let table = from ?? (await memoryTable(tools));
  for (let i = 0; i < count; i += 1) table = await set(tools, table, String(i));
  return table;
}

/** What every catalog promises (docs/spec/commit.md); `open` gives an empty one each time. */
export function catalogContract(open: () => Promise<CommitTools>): void {
  test("catalog.create makes a table; a second one is a conflict and changes nothing", async () => {
    const tools = await open();
    expect(await tools.catalog.list()).toEqual([]);
    expect(await tools.catalog.load("t")).toBeUndefined();
    const table = await memoryTable(tools);
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(table);
    expect(await tools.catalog.list()).toEqual(["t"]);
    expect(await tools.catalog.load("other")).toBeUndefined();
  });

  test("catalog.create lets one of many win", async () => {
    const tools = await open();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => memoryTable(tools)));
    const won = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    expect(won).toHaveLength(1);
    const lost = results.filter((result) => result.status === "rejected");
    expect(lost.map((result) => result.reason as unknown)).toEqual(
      lost.map(() => expect.any(CommitConflict)),
    );
    expect(await tools.catalog.load("t")).toEqual(won[0]);
  });

  test("catalog.list gives every table, sorted", async () => {
    const tools = await open();
    for (const name of ["b", "c", "a_1"]) {
      const location = tools.catalog.locationOf(name);
      const nowMs = tools.clock.nowMs();
      await tools.catalog.create(name, newTable({ location, columns: SMALL_COLUMNS, properties: {}, nowMs }));
    }
    expect(await tools.catalog.list()).toEqual(["a_1", "b", "c"]);
  });

  test("catalog.commit applies the updates, and the log names the file before", async () => {
    const tools = await open();
    const base = await memoryTable(tools);
    const table = await commits(tools, 3, base);
    expect(table.metadataLocation).not.toBe(base.metadataLocation);
    expect(table.metadata["metadata-log"]).toHaveLength(3);
    expect(table.metadata["metadata-log"][0]?.["metadata-file"]).toBe(base.metadataLocation);
    expect(await tools.catalog.load("t")).toEqual(table);
    expect(table.metadata.properties["value"]).toBe("2");
    expect(table.metadata.properties[CURSOR]).toBe("0");
  });

  test("catalog.commit lets one of many win", async () => {
    const tools = await open();
    const base = await memoryTable(tools);
    const requirements = [
      { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": null },
      { type: "assert-last-assigned-field-id", "last-assigned-field-id": base.metadata["last-column-id"] },
    ] as const;
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        tools.catalog
          .commit(base, requirements, [snapshotUpdate(base, index), mainUpdate(index)])
          .then(() => index),
      ),
    );
    const won = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    expect(won).toHaveLength(1);
    const lost = results.filter((result) => result.status === "rejected");
    expect(lost.map((result) => result.reason as unknown)).toEqual(
      lost.map(() => expect.any(CommitConflict)),
    );
    const { metadata } = (await tools.catalog.load("t")) as Loaded;
    expect(metadata.snapshots.map((snapshot) => snapshot["snapshot-id"])).toEqual([
      LARGE_ID + BigInt(won[0] as number),
    ]);
  });

  test("catalog.commit refuses an unmet requirement", async () => {
    const tools = await open();
    const base = await memoryTable(tools);
    await expect(
      tools.catalog.commit(
        base,
        [{ type: "assert-table-uuid", uuid: "00000000-0000-4000-8000-000000000000" }],
        [{ action: "set-properties", updates: { value: "lost" } }],
      ),
    ).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(base);
  });

  test("catalog.commit on an old base is a conflict where the base no longer is what it was", async () => {
    const tools = await open();
    const base = await memoryTable(tools);
    const change = move("0", "1", [fakeFile("a")]);
    const newer = await commitChange(tools, { base, change, signal: undefined });
    const requirement = { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": null } as const;
    await expect(
      tools.catalog.commit(base, [requirement], [{ action: "set-properties", updates: { value: "lost" } }]),
    ).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(newer);
  });

  test("catalog.refresh gives the base itself when nothing changed", async () => {
    const tools = await open();
    const base = await commits(tools, 2);
    expect(await tools.catalog.refresh(base)).toBe(base);
    const next = await set(tools, base, "x");
    expect(await tools.catalog.refresh(base)).toEqual(next);
  });

  test("catalog.locationOf refuses names that are no plain names", async () => {
    const { catalog } = await open();
    for (const name of ["", "A", "a-b", "../x", "a/b", "ä"]) {
      expect(() => catalog.locationOf(name)).toThrow(expect.objectContaining({ code: "config_invalid" }));
    }
  });

  test("commitChange over the catalog lets many writers in, each once, in one line of history", async () => {
    const tools = await open();
    await memoryTable(tools);
    const end = 12;
    const writer = async (name: string): Promise<void> => {
      for (;;) {
        const base = (await tools.catalog.load("t")) as Loaded;
        const from = base.metadata.properties[CURSOR] ?? "";
        if (Number.parseInt(from, 10) >= end) return;
        const to = `${Number.parseInt(from, 10) + 1}:${name}`;
        const change = move(from, to, [fakeFile(to.replace(":", "-"))]);
        try {
          await commitChange(tools, { base, change, signal: undefined });
        } catch (error) {
          // Another was first; what it did is where this one goes on.
          if ((error as DuolakeError).code !== "cursor_moved") throw error;
        }
      }
    };
    await Promise.all(["a", "b", "c"].map(writer));
    const table = (await tools.catalog.load("t")) as Loaded;
    checkHistory(table);
    expect(table.metadata.snapshots).toHaveLength(end);
    expect(table.metadata.snapshots.at(-1)?.summary["total-records"]).toBe(String(end * 10));
    expect(table.metadata.properties[CURSOR]).toMatch(new RegExp(`^${end}:`));
  });
}

function snapshotUpdate(
  { metadata }: Loaded,
  index: number,
): Parameters<CommitTools["catalog"]["commit"]>[2][number] {
  const snapshot = {
    "snapshot-id": LARGE_ID + BigInt(index),
    "sequence-number": 1,
    // Servers refuse what lies before the table's last change.
    "timestamp-ms": metadata["last-updated-ms"],
    "manifest-list": `/w/d/t/metadata/snap-${index}.avro`,
    summary: { operation: "append" },
    "schema-id": 0,
  };
  return { action: "add-snapshot", snapshot };
}

function mainUpdate(index: number): Parameters<CommitTools["catalog"]["commit"]>[2][number] {
  const id = LARGE_ID + BigInt(index);
  return { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id };
}
