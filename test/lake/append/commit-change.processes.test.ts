import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import { folderCatalog } from "../../../src/lake/catalog/folder.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { localStore } from "../../../src/lake/store/local.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { tempDir } from "../support/temp-dir.ts";

const WORKER = fileURLToPath(new URL("../support/commit-worker.ts", import.meta.url));
const PROCESS_COUNT = 3;

function start(warehouse: string, end: number): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", WORKER, warehouse, String(end)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/**
 * Runs a worker to its end; each of `killsAfterMs` kills it so long after it began to work, and it is started anew.
 * Gives the files whose commits were acknowledged.
 */
async function work(
  warehouse: string,
  options: { end: number; killsAfterMs: readonly number[] },
): Promise<string[]> {
  let output = "";
  const listen = (child: ChildProcess): void => {
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  };
  for (const killAfterMs of options.killsAfterMs) {
    const child = start(warehouse, options.end);
    listen(child);
    const exit = once(child, "close");
    await once(child.stdout as NodeJS.ReadableStream, "data");
    await systemClock.sleep(killAfterMs);
    child.kill("SIGKILL");
    await exit;
  }
  const last = start(warehouse, options.end);
  listen(last);
  const [code] = (await once(last, "close")) as [number | null];
  expect(code).toBe(0);
  return output.split("\n").filter((line) => line.endsWith(".parquet"));
}

/** Checks the history and the files; gives the number of events in the table. */
async function countEvents(
  warehouse: string,
  { end, acknowledged }: { end: number; acknowledged: readonly string[] },
): Promise<number> {
  const store = localStore();
  const catalog = folderCatalog({ store, warehouse, database: "d", clock: systemClock });
  const table = await catalog.load("t");
  if (table === undefined) throw new Error("Cannot check: there is no table");
  const { metadata } = table;
  const { snapshots } = metadata;
  expect(metadata.properties["cursor"]).toMatch(new RegExp(`^${end}:`));
  expect(snapshots.map((snapshot) => snapshot["sequence-number"])).toEqual(
    Array.from({ length: end }, (_, index) => index + 1),
  );
  for (const [index, snapshot] of snapshots.entries()) {
    expect(snapshot["parent-snapshot-id"]).toBe(snapshots[index - 1]?.["snapshot-id"]);
    expect(await store.exists(snapshot["manifest-list"])).toBe(true);
  }
  const files = await planFiles({ store, cache: planCache() }, { metadata, name: "t", fromUs: undefined });
  const events = files.map((file) => Number(/e(\d+)\./.exec(file.path)?.[1])).sort((a, b) => a - b);
  expect(events).toEqual(Array.from({ length: end }, (_, index) => index + 1));
  for (const file of files) expect(await store.exists(file.path)).toBe(true);
  const there = new Set(files.map((file) => file.path));
  expect(acknowledged.filter((path) => !there.has(path))).toEqual([]);
  return events.length;
}

async function newWarehouse(path: string): Promise<void> {
  const catalog = folderCatalog({ store: localStore(), warehouse: path, database: "d", clock: systemClock });
  const location = catalog.locationOf("t");
  const properties = { cursor: "0", "commit.manifest.min-count-to-merge": "5" };
  await catalog.create("t", newTable({ location, columns: SMALL_COLUMNS, properties, nowMs: Date.now() }));
}

test("several processes commit every event exactly once", { timeout: 60_000 }, async () => {
  await using dir = await tempDir();
  await newWarehouse(dir.path);
  const end = 30;
  const acknowledged = await Promise.all(
    Array.from({ length: PROCESS_COUNT }, () => work(dir.path, { end, killsAfterMs: [] })),
  );
  expect(await countEvents(dir.path, { end, acknowledged: acknowledged.flat() })).toBe(end);
  expect(acknowledged.flat()).toHaveLength(end);
  const left = (await readdir(`${dir.path}/d/t/metadata`)).filter((name) => name.endsWith(".tmp"));
  expect(left).toEqual([]);
});

test("processes that are killed at any moment lose and repeat nothing", { timeout: 60_000 }, async () => {
  await using dir = await tempDir();
  await newWarehouse(dir.path);
  const end = 45;
  const acknowledged = await Promise.all(
    Array.from({ length: PROCESS_COUNT }, () => {
      const killsAfterMs = Array.from({ length: 2 }, () => Math.floor(Math.random() * 120));
      return work(dir.path, { end, killsAfterMs });
    }),
  );
  expect(await countEvents(dir.path, { end, acknowledged: acknowledged.flat() })).toBe(end);
});
