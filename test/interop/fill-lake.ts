import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSimulator } from "../../simulator/simulator.ts";
import type { StreamName } from "../../simulator/streams.ts";
import { type App, createApp } from "../../src/app.ts";
import type { Config } from "../../src/config/config.ts";
import type { Column } from "../../src/core/columns.ts";
import { stringifyJson } from "../../src/core/json.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import type { Lake } from "../../src/lake/lake.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { pullAll } from "../../src/pull-all.ts";
import { canonical } from "../support/canonical.ts";
import type { Harness } from "../support/pull-harness.ts";
import { makeEvolvedTable } from "./evolved-table.ts";
import { makeTables } from "./made-tables.ts";
import { queriedRows } from "./queried-rows.ts";
import { makeReplacedTable } from "./replaced-table.ts";
import { injectDayEdges, injectSpecialEvents } from "./special-events.ts";

/** A table and what other readers must find in it. */
export interface ExpectedTable {
  readonly name: string;
  readonly folder: string;
  /** NDJSON with every row, from DuckDB or from who wrote them, never from the readers that are checked. */
  readonly rows: string;
  /** NDJSON with every `event.original`, from the simulator's ledger; null where the table has no such column. */
  readonly originals: string | null;
  /** The column that tells rows apart. */
  readonly key: string;
}

const STREAMS: Readonly<Record<string, StreamName>> = {
  auth: "authentication_v2",
  admin: "administrator_v1",
  offline_enrollment: "offline_enrollment_v1",
  telephony: "telephony_v2",
  activity: "activity_v2",
  trust_monitor: "trust_monitor",
};

const HOUR_MS = 3_600_000;
const PULL_COUNT = 7;
/** Columns that the first pull's tables lack, as those of an older version would. */
const MISSING_AT_FIRST: ReadonlySet<string> = new Set([
  "duo.auth.rbfs_triggered_attacks",
  "duo.auth.passport_assessment",
  "duo.auth.adaptive_trust_assessments.more_secure_auth.policy_enabled",
  "event.action",
  "user_agent",
]);

/**
 * Fills the harness's lake: all log tables by several pulls over two days, dead letters, a table that was read but
 * had no event, tables with every type, one whose files were replaced and one whose columns were changed. Writes what must be found in it into `folder`.
 */
export async function fillLake(harness: Harness, folder: string): Promise<ExpectedTable[]> {
  const summaries = await pullForTwoDays(harness);
  await pullQuietAccount(harness);
  const { lake } = await harness.start();
  const tables = [...(await makeTables(lake)), await makeReplacedTable(lake), await makeEvolvedTable(lake)];
  const made = new Map(tables.map(({ name, rows }) => [name, rows]));
  const expected: ExpectedTable[] = [];
  for (const name of await lake.list()) {
    const rows = join(folder, `${name}.rows.ndjson`);
    const own = made.get(name);
    await writeFile(rows, own === undefined ? await queriedRows(lake, name) : ndjson(own));
    const originals = await originalsOf(harness, { lake, name, summaries });
    const path = originals === undefined ? null : join(folder, `${name}.originals.ndjson`);
    if (path !== null) await writeFile(path, ndjson(originals ?? []));
    const table = await lake.load(name);
    const key = own === undefined ? (name.endsWith("_dead_letter") ? "hash" : "event.hash") : "id";
    expected.push({ name, folder: table?.location ?? "", rows, originals: path, key });
  }
  return expected;
}

/** Returns the originals of the account summary: each pull sees another one. */
async function pullForTwoDays(harness: Harness): Promise<string[]> {
  const { simulator, config } = harness;
  const summaries: string[] = [];
  for (let i = 0; i < PULL_COUNT; i += 1) {
    if (i === 1) injectSpecialEvents(simulator);
    if (i === 2) injectDayEdges(simulator);
    const summary = {
      admin_count: 3,
      edition: "Duo Premier",
      integration_count: 2 ** 31 - 1,
      user_count: 40 + i,
    };
    simulator.inject("summary", [summary]);
    summaries.push(canonical(summary));
    await using app = await newApp(harness, i === 0 ? olderVersion(config) : config);
    failOnError(await pullAll(app, { sources: app.sources, wants: () => true }));
    if (i < PULL_COUNT - 1) simulator.clock.advance(8 * HOUR_MS);
  }
  return summaries;
}

/** An account without events: tables without a snapshot, the second one with a commit of the watermark alone. */
async function pullQuietAccount(harness: Harness): Promise<void> {
  await using simulator = await startSimulator({
    users: 1,
    days: 0,
    nowMs: harness.clock.nowMs(),
    eventsPerDay: { telephony: 0, trustMonitor: 0 },
  });
  const { config } = harness;
  const logSources = config.logSources.map((source) => ({
    ...source,
    name: "duo_quiet",
    tables: source.tables
      .filter(({ name }) => name === "telephony" || name === "trust_monitor")
      .map((table) => Object.assign({}, table, { resolvedName: `duo_quiet_${table.name}` })),
  }));
  await using app = await createApp({
    config: { ...config, logSources },
    clock: { ...harness.clock, nowMs: simulator.clock.nowMs },
    env: { DUOLAKE_DUO_ENDPOINT_URL: simulator.url, DUOLAKE_SECRET_KEY_DUO_QUIET: simulator.secretKey() },
  });
  const all = { sources: app.sources, wants: () => true };
  failOnError(await pullAll(app, all));
  simulator.clock.advance(25 * HOUR_MS);
  failOnError(await pullAll(app, { ...all, wants: ({ table }) => table === "trust_monitor" }));
}

function newApp({ clock, simulator }: Harness, config: Config): Promise<App> {
  const env = { DUOLAKE_DUO_ENDPOINT_URL: simulator.url, DUOLAKE_SECRET_KEY_DUO: simulator.secretKey() };
  return createApp({ config, clock, env, batchRowCountMax: 1_000 });
}

function failOnError(results: readonly TableResult[]): void {
  for (const { table, error } of results) {
    if (error !== undefined) throw new Error(`Cannot pull ${table}: ${error.message}`);
  }
}

function olderVersion(config: Config): Config {
  const logSources = config.logSources.map((source) => ({
    ...source,
    tables: source.tables.map((table) => ({ ...table, columns: without(table.columns, "") })),
  }));
  return { ...config, logSources };
}

function without(columns: readonly Column[], prefix: string): Column[] {
  return columns
    .filter(({ name }) => !MISSING_AT_FIRST.has(prefix + name))
    .map((column) => {
      const { name, type } = column;
      if (typeof type === "string" || type.type !== "struct") return column;
      const fields = without(type.fields, `${prefix}${name}.`);
      return Object.assign({}, column, { type: { type: "struct", fields } });
    });
}

/** What the simulator's ledger has for a table, from its start to where it was drained; dead letters are taken out. */
async function originalsOf(
  harness: Harness,
  table: { readonly lake: Lake; readonly name: string; readonly summaries: readonly string[] },
): Promise<readonly string[] | undefined> {
  const { lake, name, summaries } = table;
  const short = LOG_TABLES.find((one) => name === `duo_${one.name}`)?.name;
  if (short === undefined) return name.startsWith("duo_quiet_") ? [] : undefined;
  if (short === "summary") return summaries;
  const stream = STREAMS[short];
  if (stream === undefined) throw new Error(`Cannot check ${name}: no stream of the simulator feeds it`);
  const cursor = JSON.parse((await lake.load(name))?.properties["duolake.cursor"] ?? "{}") as {
    start: string;
  };
  const isList = stream.endsWith("_v1");
  const startMs = Date.parse(cursor.start);
  const fromMs = isList ? Math.floor(startMs / 1000) * 1000 : startMs;
  const toMs = harness.clock.nowMs() - 120_000;
  const events = harness.simulator.ledger.expected(stream, { fromMs, toMs }).map(canonical);
  const letters = await harness.ask(`SELECT original FROM duo_dead_letter WHERE "table" = '${short}'`);
  for (const { original } of letters) {
    const index = events.indexOf(original as string);
    if (index < 0) throw new Error(`Cannot check ${name}: no event is the dead letter ${String(original)}`);
    events.splice(index, 1);
  }
  return events;
}

function ndjson(values: readonly unknown[]): string {
  return values.map((value) => `${stringifyJson(value)}\n`).join("");
}
