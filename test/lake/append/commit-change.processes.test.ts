import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { localStore } from "../../../src/lake/store/local.ts";
import { countEvents, newWarehouse, work } from "../support/commit-workers.ts";
import { tempDir } from "../support/temp-dir.ts";

const PROCESS_COUNT = 3;

test("several processes commit every event exactly once", { timeout: 60_000 }, async () => {
  await using dir = await tempDir();
  const place = { store: localStore(), warehouse: dir.path };
  await newWarehouse(place);
  const end = 30;
  const acknowledged = await Promise.all(
    Array.from({ length: PROCESS_COUNT }, () => work(place, { end, killsAfterMs: [] })),
  );
  expect(await countEvents(place, { end, acknowledged: acknowledged.flat() })).toBe(end);
  expect(acknowledged.flat()).toHaveLength(end);
  const left = (await readdir(`${dir.path}/d/t/metadata`)).filter((name) => name.endsWith(".tmp"));
  expect(left).toEqual([]);
});

test("processes that are killed at any moment lose and repeat nothing", { timeout: 60_000 }, async () => {
  await using dir = await tempDir();
  const place = { store: localStore(), warehouse: dir.path };
  await newWarehouse(place);
  const end = 45;
  const acknowledged = await Promise.all(
    Array.from({ length: PROCESS_COUNT }, () => {
      const killsAfterMs = Array.from({ length: 2 }, () => Math.floor(Math.random() * 120));
      return work(place, { end, killsAfterMs });
    }),
  );
  expect(await countEvents(place, { end, acknowledged: acknowledged.flat() })).toBe(end);
});
