import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { disturbPulls } from "./rest-disturbed.ts";
import { type RestParts, type RestStage, restStage } from "./rest-stage.ts";

const HOUR_MS = 3_600_000;
/** Commits that PyIceberg makes while we pull. */
const FOREIGN_COMMIT_COUNT = 8;
const PULL_COUNT_MAX = 40;
const MAINTAINED = ["duo_auth", "duo_admin"] as const;
const SHORT_HISTORY = {
  "history.expire.max-snapshot-age-ms": "1",
  "history.expire.min-snapshots-to-keep": "2",
};

/** Pulls into a REST server beside others and in spite of trouble; after each step the lake must hold what Duo has. */
export async function pullThroughRest(parts: RestParts): Promise<void> {
  const stage = restStage(parts);
  const { report, pulled } = stage;
  await report.run("REST server: the first pull makes and fills five tables", () => pulled(0));
  await report.run("REST server: a second pull commits nothing", () => pulledNothing(stage));
  await stage.readTables("after the first pull");
  await report.run("REST server: two pull at once", () => pulledAtOnce(stage));
  await disturbPulls(stage);
  await report.run("REST server: PyIceberg and pulls commit at the same time", () => pulledBeside(stage));
  await report.run("REST server: a column of ours is added", () => widened(stage));
  await report.run("REST server: maintenance", () => maintained(stage));
  await report.run("REST server: pulls go on after it", () => pulled(HOUR_MS));
  await stage.readTables("in the end");
  await report.run("REST server: a clock that is ahead is told so", () => refusedClock(stage));
}

async function pulledNothing(stage: RestStage): Promise<string> {
  const before = stage.commitCount();
  const rows = await stage.pulled(0);
  const made = stage.commitCount() - before;
  if (rows !== "0 rows" || made > 0) throw new Error(`${rows} in ${made} commits`);
  return rows;
}

async function pulledAtOnce(stage: RestStage): Promise<string> {
  const before = stage.commitCount(409);
  for (let round = 0; round < 3; round += 1) {
    stage.harness.simulator.clock.advance(2 * HOUR_MS);
    await Promise.all([stage.harness.pull(), stage.harness.pull()]);
  }
  await stage.pulled(0);
  const met = stage.commitCount(409) - before;
  if (met === 0) throw new Error("the two never met");
  return `${met} conflicts`;
}

async function pulledBeside(stage: RestStage): Promise<string> {
  const { harness } = stage;
  const ended = new AbortController();
  const work = { mode: "commit", table: "duo_auth", count: FOREIGN_COMMIT_COUNT };
  const said = stage.runPython(work).finally(() => ended.abort());
  let pullCount = 0;
  while (!ended.signal.aborted && pullCount < PULL_COUNT_MAX) {
    await stage.pulled(HOUR_MS / 2);
    pullCount += 1;
  }
  const outcome = await said;
  const { properties, columns } = (await (await harness.start()).lake.load("duo_auth")) ?? {};
  if (properties?.["pyiceberg.commits"] !== String(FOREIGN_COMMIT_COUNT)) {
    throw new Error(`a commit of PyIceberg is lost, got ${properties?.["pyiceberg.commits"]}`);
  }
  if (!columns?.some(({ name }) => name === "analyst_note"))
    throw new Error("the column of PyIceberg is lost");
  return `${pullCount} pulls, ${outcome}`;
}

async function widened({ harness, pulled }: RestStage): Promise<string> {
  const { lake } = await harness.start();
  const table = await lake.load("duo_admin");
  if (table === undefined) throw new Error("there is no table");
  const { columns } = await lake.evolve(table, [...table.columns, { name: "added", type: "decimal(9,2)" }]);
  return `${columns.length} columns, ${await pulled(HOUR_MS)}`;
}

/** By the clock that the server has too, so that there are closed days and old snapshots. */
async function maintained(stage: RestStage): Promise<string> {
  const { lake } = await stage.harness.start({ clock: systemClock });
  const said: string[] = [];
  await stage.runPython({ mode: "set", tables: MAINTAINED, properties: SHORT_HISTORY });
  for (const name of MAINTAINED) {
    const before = await metadataFiles(await lake.load(name));
    const done = await lake.maintain(name);
    if (done === undefined) throw new Error("the table is gone");
    const { filesBefore, filesAfter, expiredSnapshotCount } = done;
    if (filesAfter.count >= filesBefore.count || expiredSnapshotCount === 0) {
      throw new Error(`${filesBefore.count} -> ${filesAfter.count} files, ${expiredSnapshotCount} expired`);
    }
    const after = await metadataFiles(await lake.load(name));
    // The server takes its own away, one for each commit, and never many.
    if (after.length < Math.min(before.length, 20)) throw new Error("metadata files of the server are gone");
    said.push(`${filesBefore.count} -> ${filesAfter.count} files, ${expiredSnapshotCount} snapshots expired`);
  }
  await stage.mustEqual();
  return said.join("; ");
}

async function metadataFiles(table: { readonly location: string } | undefined): Promise<readonly string[]> {
  const names = await readdir(join(table?.location ?? "", "metadata"));
  return names.filter((name) => name.endsWith(".metadata.json"));
}

/** The server refuses snapshots of a time that has not come yet; what is pulled then comes with the next pull. */
async function refusedClock(stage: RestStage): Promise<string> {
  const { harness } = stage;
  harness.simulator.clock.advance(Date.now() - harness.clock.nowMs() + 2 * HOUR_MS);
  const results = await harness.pull();
  const refused = results.filter(({ error }) => error?.message.includes("more than a minute ahead"));
  const others = results.filter(({ error, appended }) => error === undefined && appended > 0);
  if (refused.length === 0 || others.length > 0) {
    throw new Error(results.map(({ table, error }) => `${table}: ${error?.message ?? "pulled"}`).join("; "));
  }
  return `${refused.length} tables`;
}
