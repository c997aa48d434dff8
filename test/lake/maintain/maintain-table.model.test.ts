import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Clock } from "../../../src/core/clock.ts";
import { DuolakeError } from "../../../src/core/errors.ts";
import type { DataFile, Lake, LakeTable, StagedFile } from "../../../src/lake/lake.ts";
import { maintainTable } from "../../../src/lake/maintain/maintain-table.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { planCache, planFiles } from "../../../src/lake/scan.ts";
import { readManifest } from "../../../src/lake/spec/manifest.ts";
import { readManifestList } from "../../../src/lake/spec/manifest-list.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { internalsOf } from "../../../src/lake/table.ts";
import { chaotic } from "../support/chaotic-store.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { eventsIn, rewriteEvents, writeEvents } from "../support/event-files.ts";
import { instantClock } from "../support/memory-table.ts";
import { CURSOR } from "../support/test-lake.ts";
import { timed } from "../support/timed-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Readers have this long. */
const AGE_MS = 2 * DAY_MS;
const PROPERTIES = {
  [CURSOR]: "0",
  "history.expire.max-snapshot-age-ms": String(AGE_MS),
  "history.expire.min-snapshots-to-keep": "1",
  "commit.manifest.min-count-to-merge": "4",
  "write.metadata.previous-versions-max": "3",
};

/** What one actor of a round does, and where it dies, if it does. */
interface Actor {
  readonly does: "append" | "maintain" | "compact_open_days";
  /** Appends: how many events in each of how many files. */
  readonly sizes: readonly number[];
  /** The operation of its store from which on all fail; the program was killed there. */
  readonly diesAt: number | undefined;
}

interface Round {
  readonly actors: readonly Actor[];
  readonly hours: number;
}

/** One run: the disk, its time, and what must be true at the end. */
interface Run {
  readonly disk: Store;
  readonly clock: Clock;
  readonly chaos: Parameters<typeof chaotic>[1];
  readonly refusals: Set<string>;
  readonly deaths: { count: number };
}

function lakeOn({ clock }: Run, store: Store): Promise<Lake> {
  return openLake({ warehouse: "/w", database: "d", catalog: { type: "folder" }, clock, store });
}

/** A store that works no more from an operation on. */
function mortal(store: Store, diesAt: number | undefined): { store: Store; isDead: () => boolean } {
  let count = 0;
  const wrapped = Object.fromEntries(
    Object.entries(store).map(([name, operation]) => [
      name,
      (...args: unknown[]) => {
        count += 1;
        if (diesAt !== undefined && count >= diesAt)
          return Promise.reject(new Error("the program was killed"));
        return (operation as (...all: unknown[]) => unknown)(...args);
      },
    ]),
  );
  return {
    store: wrapped as unknown as Store,
    isDead: () => diesAt !== undefined && count >= diesAt,
  };
}

async function act(run: Run, actor: Actor): Promise<void> {
  const { store, isDead } = mortal(chaotic(run.disk, run.chaos), actor.diesAt);
  try {
    const table = await (await lakeOn(run, store)).load("t");
    if (table === undefined) throw new Error("Cannot act: there is no table");
    if (actor.does === "append") await appendEvents(run, { table, store, sizes: actor.sizes });
    else {
      const scope = actor.does === "maintain" ? "all" : "open_days";
      const { givenUpCount } = await maintainTable(table, { scope, rewrite: rewriteEvents(store) });
      if (givenUpCount > 0) run.refusals.add("given_up");
    }
  } catch (error) {
    if (isDead()) {
      run.deaths.count += 1;
      return;
    }
    if (!(error instanceof DuolakeError)) throw error;
    if (error.code !== "cursor_moved" && error.code !== "lake_commit_conflict") throw error;
    run.refusals.add(error.code);
  }
}

async function appendEvents(
  run: Run,
  {
    table,
    store,
    sizes,
  }: { readonly table: LakeTable; readonly store: Store; readonly sizes: readonly number[] },
): Promise<void> {
  const from = Number(table.properties[CURSOR]);
  const day = Math.floor(run.clock.nowMs() / DAY_MS);
  let next = from;
  const files: StagedFile[] = [];
  for (const [index, size] of sizes.entries()) {
    const events = Array.from({ length: size }, (_, i) => next + i + 1);
    next += size;
    // Some events are of the day before: late ones.
    files.push(await writeEvents(store, table, { day: day - (index % 2), events }));
  }
  try {
    const compareAndSet = { key: CURSOR, from: String(from), to: String(next) };
    await table.commit({ files, setProperties: {}, compareAndSet });
  } catch (error) {
    await table.discard(files);
    throw error;
  }
}

/** A reader who loaded the table and comes back to it. */
interface Reader {
  readonly table: LakeTable;
  readonly atMs: number;
}

async function read(run: Run, { table }: Reader): Promise<void> {
  // A cache would hide that the files of the snapshot are gone.
  const { metadata } = internalsOf(table).loaded;
  const files = await planFiles({ store: run.disk, cache: planCache() }, { metadata, name: "t" });
  expect(await eventsIn(run.disk, files)).toEqual(upTo(Number(table.properties[CURSOR])));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Every file that the present metadata reaches, found without the code under test. */
async function reached(run: Run, table: LakeTable): Promise<string[]> {
  const { metadata, metadataLocation } = internalsOf(table).loaded;
  const paths = new Set([metadataLocation, "/w/d/t/metadata/version-hint.text"]);
  for (const entry of metadata["metadata-log"]) paths.add(entry["metadata-file"]);
  for (const snapshot of metadata.snapshots) {
    paths.add(snapshot["manifest-list"]);
    for (const line of readManifestList(await run.disk.read(snapshot["manifest-list"]))) {
      paths.add(line.manifest_path);
      for (const { data_file } of readManifest(await run.disk.read(line.manifest_path), line)) {
        paths.add(data_file.file_path);
      }
    }
  }
  return [...paths];
}

async function check(run: Run): Promise<void> {
  // Long after everything: what was left behind is old now, and two runs find what the first one's commit left.
  for (let times = 0; times < 3; times += 1) {
    await run.clock.sleep(10 * DAY_MS);
    let table = (await (await lakeOn(run, run.disk)).load("t")) as LakeTable;
    // What an expiry that died left behind is named by metadata files that are in the log still, until others took their place.
    for (let n = 0; n < 4; n += 1)
      table = await table.commit({ setProperties: { "app.n": `${times} ${n}` } });
    await maintainTable(table, { rewrite: rewriteEvents(run.disk) });
  }
  const table = (await (await lakeOn(run, run.disk)).load("t")) as LakeTable;
  await read(run, { table, atMs: 0 });
  const there = (await run.disk.list("/w/d/t", { deep: true })).map(({ path }) => path);
  const expected = await reached(run, table);
  // Nothing is left behind, and but for what the last replace took out everything that is named is there.
  expect(there.filter((path) => !expected.includes(path))).toEqual([]);
  const files: readonly DataFile[] = await table.files();
  for (const { path } of files) expect(there).toContain(path);
}

test("appends, compactions, expiry and orphan removal that meet, die and lose answers neither lose nor repeat an event, leave readers their files, and nothing else", async () => {
  const refusals = new Set<string>();
  const deaths = { count: 0 };
  const actor = fc.record({
    does: fc.constantFrom("append", "append", "maintain", "compact_open_days"),
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 }),
    diesAt: fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined, freq: 3 }),
  }) as fc.Arbitrary<Actor>;
  const round: fc.Arbitrary<Round> = fc.record({
    actors: fc.array(actor, { minLength: 1, maxLength: 4 }),
    hours: fc.integer({ min: 0, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        rounds: fc.array(round, { minLength: 3, maxLength: 9 }),
        delays: fc.array(fc.nat(5), { minLength: 5, maxLength: 30 }),
        losses: fc
          .array(fc.constantFrom("no", "no", "no", "no", "before", "after"), { minLength: 1, maxLength: 12 })
          .filter((losses) => losses.includes("no")),
      }),
      async ({ rounds, delays, losses }) => {
        const clock = instantClock();
        const disk = timed(memoryStore(), clock);
        const run: Run = { disk, clock, chaos: { delays, losses }, refusals, deaths };
        const lake = await lakeOn(run, disk);
        const created = await lake.create("t", { columns: SMALL_COLUMNS, properties: PROPERTIES });
        let readers: Reader[] = [{ table: created, atMs: clock.nowMs() }];
        for (const { actors, hours } of rounds) {
          await Promise.all(actors.map((one) => act(run, one)));
          await clock.sleep(hours * HOUR_MS);
          readers = readers.filter(({ atMs }) => clock.nowMs() - atMs < AGE_MS);
          for (const reader of readers) await read(run, reader);
          const table = (await (await lakeOn(run, disk)).load("t")) as LakeTable;
          readers.push({ table, atMs: clock.nowMs() });
        }
        await check(run);
      },
    ),
    { numRuns: Number(process.env["MODEL_RUNS"] ?? 40) },
  );
  // They did meet, and die.
  expect(refusals).toContain("cursor_moved");
  expect(refusals).toContain("given_up");
  expect(deaths.count).toBeGreaterThan(20);
});
