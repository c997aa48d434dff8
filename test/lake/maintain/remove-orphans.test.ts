import { expect, test } from "vitest";
import type { Clock } from "../../../src/core/clock.ts";
import type { LakeTable } from "../../../src/lake/lake.ts";
import { maintainTable } from "../../../src/lake/maintain/maintain-table.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { rewriteEvents, writeEvents } from "../support/event-files.ts";
import { instantClock } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";
import { timed } from "../support/timed-store.ts";

const DAY_MS = 86_400_000;

test("files of a commit under way stay, however far ahead the maintainer's clock is, and go when others have committed for days", async () => {
  const clock = instantClock();
  const disk = timed(memoryStore(), clock);
  const tableBy = async (by: Clock): Promise<LakeTable> => {
    const catalog = { type: "folder" } as const;
    const lake = await openLake({ warehouse: "/w", database: "d", catalog, clock: by, store: disk });
    return (
      (await lake.load("t")) ?? lake.create("t", { columns: SMALL_COLUMNS, properties: { [CURSOR]: "0" } })
    );
  };
  const table = await tableBy(clock);
  const day = Math.floor(clock.nowMs() / DAY_MS);
  const staged = await writeEvents(disk, table, { day, events: [1] });
  const ahead: Clock = { ...clock, nowMs: () => clock.nowMs() + 30 * DAY_MS };
  const maintain = async (by: Clock): Promise<number> => {
    const { orphans } = await maintainTable(await tableBy(by), { rewrite: rewriteEvents(disk) });
    return orphans.count;
  };
  expect(await maintain(ahead)).toBe(0);
  expect(await disk.exists(staged.path)).toBe(true);
  await clock.sleep(4 * DAY_MS);
  await (await tableBy(clock)).commit({ setProperties: { "app.n": "1" } });
  expect(await maintain(clock)).toBeGreaterThan(0);
  expect(await disk.exists(staged.path)).toBe(false);
});

test("a checksum of Hadoop's file system stays as long as its file", async () => {
  const clock = instantClock();
  const disk = timed(memoryStore(), clock);
  const catalog = { type: "folder" } as const;
  const lake = await openLake({ warehouse: "/w", database: "d", catalog, clock, store: disk });
  let table = await lake.create("t", { columns: SMALL_COLUMNS, properties: { [CURSOR]: "0" } });
  const day = Math.floor(clock.nowMs() / DAY_MS);
  const live = await writeEvents(disk, table, { day, events: [1] });
  table = await table.commit({
    files: [live],
    setProperties: {},
    compareAndSet: { key: CURSOR, from: "0", to: "1" },
  });
  const lost = await writeEvents(disk, table, { day, events: [2] });
  const checksumOf = (path: string): string => path.replace(/([^/]+)$/, ".$1.crc");
  const newest = "/w/d/t/metadata/v2.metadata.json";
  for (const path of [live.path, lost.path, newest])
    await disk.putIfAbsent(checksumOf(path), new Uint8Array(4));
  await clock.sleep(4 * DAY_MS);
  await table.commit({ setProperties: { "app.n": "1" } });
  await maintainTable((await lake.load("t")) as LakeTable, { rewrite: rewriteEvents(disk) });
  const left = await Promise.all(
    [live.path, checksumOf(live.path), checksumOf(newest), lost.path, checksumOf(lost.path)].map(disk.exists),
  );
  expect(left).toEqual([true, true, true, false, false]);
});
