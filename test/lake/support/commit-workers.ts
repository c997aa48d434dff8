import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import type { Catalog } from "../../../src/lake/catalog/catalog.ts";
import type { CatalogChoice } from "../../../src/lake/open-catalog.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { SMALL_COLUMNS } from "./columns.ts";

const WORKER = fileURLToPath(new URL("./commit-worker.ts", import.meta.url));

/** What the workers write to. */
export interface WorkPlace {
  readonly store: Store;
  readonly catalog: Catalog;
  /** The same catalog for a worker, which finds the rest in its environment. */
  readonly choice: CatalogChoice;
  readonly warehouse: string;
  /** What a worker needs of the environment to reach it. */
  readonly env?: Readonly<Record<string, string>>;
}

function start({ warehouse, choice, env }: WorkPlace, end: number): ChildProcess {
  const args = [WORKER, warehouse, String(end), JSON.stringify(choice)];
  return spawn(process.execPath, ["--import", "tsx", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
}

/**
 * Runs a worker to its end; each of `killsAfterMs` kills it so long after it began to work, and it is started anew.
 * Gives the files whose commits were acknowledged.
 */
export async function work(
  place: WorkPlace,
  options: { end: number; killsAfterMs: readonly number[] },
): Promise<string[]> {
  let output = "";
  const listen = (child: ChildProcess): void => {
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  };
  for (const killAfterMs of options.killsAfterMs) {
    const child = start(place, options.end);
    listen(child);
    const exit = once(child, "close");
    await once(child.stdout as NodeJS.ReadableStream, "data");
    await systemClock.sleep(killAfterMs);
    child.kill("SIGKILL");
    await exit;
  }
  const last = start(place, options.end);
  listen(last);
  const [code] = (await once(last, "close")) as [number | null];
  expect(code).toBe(0);
  return output.split("\n").filter((line) => line.endsWith(".parquet"));
}

/** Checks the history and the files; gives the number of events in the table. */
export async function countEvents(
  { store, catalog }: WorkPlace,
  { end, acknowledged }: { end: number; acknowledged: readonly string[] },
): Promise<number> {
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

/** Makes the table that the workers commit to. */
export async function newWarehouse({ catalog }: WorkPlace): Promise<void> {
  const location = catalog.locationOf("t");
  const properties = { cursor: "0", "commit.manifest.min-count-to-merge": "5" };
  await catalog.create("t", newTable({ location, columns: SMALL_COLUMNS, properties, nowMs: Date.now() }));
}
