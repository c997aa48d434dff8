import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pullAll } from "../../src/pull-all.ts";
import type { EventTable, Harness } from "../support/pull-harness.ts";
import type { ExpectedTable } from "./fill-lake.ts";
import { queriedRows } from "./queried-rows.ts";
import type { Report } from "./report.ts";
import { type SparkSession, startSpark } from "./spark-session.ts";

const DATABASE = "matano";
const AUTH = "lake.matano.duo_auth";
/** The tables that pulls go on with; Spark changes the first one. */
const PULLED: readonly EventTable[] = ["auth", "admin", "telephony"];
/** Between two pulls, so that there is something new each time. */
const PAUSE_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;
/** Spark 3 has no type for the time of day. */
const UNREADABLE: ReadonlySet<string> = new Set(["made_types", "made_empty"]);
/** Other engines say how much history to keep by properties of the table. */
const SHORT_HISTORY =
  "'history.expire.max-snapshot-age-ms' = '86400000', 'history.expire.min-snapshots-to-keep' = '2'";

/** What all steps share. */
interface Stage {
  readonly report: Report;
  readonly harness: Harness;
  readonly spark: SparkSession;
}

/**
 * Lets Spark read every table before and after our maintenance, and then maintain, change and extend one of ours; after each of
 * its steps we pull, and the lake must hold what Duo has.
 *
 * @param options the interpreter that has pyspark, a filled lake, and what is in it; `readAgain` lets the other readers look after our
 *   maintenance
 */
export async function checkSpark(
  report: Report,
  options: {
    readonly python: string;
    readonly harness: Harness;
    readonly tables: readonly ExpectedTable[];
    readonly readAgain: (when: string) => Promise<string>;
  },
): Promise<void> {
  const { python, harness, tables, readAgain } = options;
  let spark: SparkSession | undefined;
  await report.run("Spark: starts with the Iceberg runtime", async () => {
    spark = await startSpark(python, harness.config.lake.warehouse, DATABASE);
    return spark.version;
  });
  if (spark === undefined) return;
  await using session = spark;
  const stage = { report, harness, spark: session };
  const readable = tables.filter(({ name }) => !UNREADABLE.has(name));
  for (const table of readable) {
    await report.run(`Spark: ${table.name} has the expected rows`, () => session.compare(table));
  }
  await maintainAndCompare(stage, tables);
  await report.run("readers: all checks after our maintenance ran", () => readAgain("after our maintenance"));
  await maintainForeign(stage);
  await changeRows(stage);
  await extend(stage);
}

/** Days later, so that there are closed days to compact and snapshots to expire. */
async function maintainAndCompare(
  { report, harness, spark }: Stage,
  tables: readonly ExpectedTable[],
): Promise<void> {
  harness.simulator.clock.advance(7 * DAY_MS);
  const { lake } = await harness.start();
  for (const table of tables) {
    const isReadable = !UNREADABLE.has(table.name);
    const what = isReadable ? "has the same rows after our maintenance" : "is maintained";
    await report.run(`Spark: ${table.name} ${what}`, async () => {
      if (isReadable) {
        await spark.sql(`ALTER TABLE lake.matano.${table.name} SET TBLPROPERTIES (${SHORT_HISTORY})`);
      }
      const done = await lake.maintain(table.name);
      if (done === undefined) throw new Error("the table is gone");
      const { filesBefore, filesAfter, expiredSnapshotCount } = done;
      const rows = isReadable ? `${await spark.compare(table)}, ` : "";
      return `${rows}${filesBefore.count} -> ${filesAfter.count} files, ${expiredSnapshotCount} snapshots expired`;
    });
  }
}

/** Spark's own maintenance of a table that pulls go on with. */
async function maintainForeign(stage: Stage): Promise<void> {
  await pullAndCompare(stage, "after a week", PAUSE_MS);
  const calls = [
    ["rewrite_data_files", "table => 'matano.duo_auth', options => map('rewrite-all', 'true')"],
    ["rewrite_manifests", "table => 'matano.duo_auth'"],
    ["expire_snapshots", "table => 'matano.duo_auth', retain_last => 1"],
    ["remove_orphan_files", "table => 'matano.duo_auth'"],
  ] as const;
  for (const [name, args] of calls) {
    await stage.report.run(`Spark: ${name}`, async () =>
      JSON.stringify((await stage.spark.sql(`CALL lake.system.${name}(${args})`))[0] ?? {}),
    );
    await pullAndCompare(stage, `after ${name}`, PAUSE_MS);
  }
}

/** Row-level deletes, of both kinds that Spark knows, of events that no pull reads again. */
async function changeRows(stage: Stage): Promise<void> {
  const deleted: string[] = [];
  for (const mode of ["merge-on-read", "copy-on-write"]) {
    await stage.report.run(
      `Spark: deletes a row by ${mode}, which our query does not show any more`,
      async () => {
        const { harness, spark } = stage;
        const [row] = await harness.ask(
          "SELECT event.hash AS hash, event.original AS original FROM duo_auth ORDER BY ts, event.hash LIMIT 1",
        );
        await spark.sql(`ALTER TABLE ${AUTH} SET TBLPROPERTIES ('write.delete.mode' = '${mode}')`);
        await spark.sql(`DELETE FROM ${AUTH} WHERE event.hash = '${String(row?.["hash"])}'`);
        deleted.push(String(row?.["original"]));
        const [left] = await harness.ask(
          `SELECT count(*)::INT AS n FROM duo_auth WHERE event.hash = '${String(row?.["hash"])}'`,
        );
        if (left?.["n"] !== 0) throw new Error(`${String(left?.["n"])} rows are left`);
        return "1 row";
      },
    );
    await pullAndCompare(stage, `after a delete by ${mode}`, PAUSE_MS, deleted);
  }
}

/** A column of Spark's is no business of ours, and in nobody's way. */
async function extend(stage: Stage): Promise<void> {
  await stage.report.run("Spark: adds a column of its own", async () => {
    await stage.spark.sql(`ALTER TABLE ${AUTH} ADD COLUMN analyst_note string`);
    await stage.spark.sql(
      `UPDATE ${AUTH} SET analyst_note = 'seen' WHERE ts < TIMESTAMP '2026-03-12 16:00:00'`,
    );
    const [noted] = await stage.harness.ask("SELECT count(analyst_note)::INT AS n FROM duo_auth");
    if (!(Number(noted?.["n"]) > 0)) throw new Error("our query does not see it");
    return `${String(noted?.["n"])} rows`;
  });
}

/** Pulls what came meanwhile; then the lake must hold what Duo has, and Spark must see what we see. */
async function pullAndCompare(
  { report, harness, spark }: Stage,
  when: string,
  passedMs: number,
  deleted: readonly string[] = [],
): Promise<void> {
  await report.run(`pulls go on ${when}`, async () => {
    harness.simulator.clock.advance(passedMs);
    const app = await harness.start();
    const wants = ({ table }: { readonly table: string }): boolean =>
      (PULLED as readonly string[]).includes(table);
    const results = await pullAll(app, { sources: app.sources, wants });
    for (const { table, error } of results) {
      if (error !== undefined) throw new Error(`${table}: ${error.message}`);
    }
    for (const table of PULLED) await mustEqual(harness, table, table === "auth" ? deleted : []);
    return `${results.map(({ appended }) => appended).join(" + ")} rows`;
  });
  await report.run(`Spark: sees the rows that we see ${when}`, async () => {
    const { lake } = await harness.start();
    const rows = join(harness.dir, "spark.ndjson");
    await writeFile(rows, await queriedRows(lake, "duo_auth"));
    const folder = (await lake.load("duo_auth"))?.location ?? "";
    try {
      return await spark.compare({ name: "duo_auth", folder, rows });
    } finally {
      await rm(rows, { force: true });
    }
  });
}

async function mustEqual(harness: Harness, table: EventTable, deleted: readonly string[]): Promise<void> {
  const { lost, repeated } = await harness.difference(table);
  const unexpected = lost.filter((text) => !deleted.includes(text));
  if (unexpected.length === 0 && repeated.length === 0) return;
  throw new Error(
    `${table}: ${unexpected.length} lost, ${repeated.length} repeated, ${lost.length} of them deleted`,
  );
}
