import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Stream } from "../../simulator/happenings.ts";
import type { StreamName } from "../../simulator/streams.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { type Simulator, startSimulator } from "../../simulator/simulator.ts";
import { type App, createApp } from "../../src/app.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Http } from "../../src/core/http.ts";
import { throwIfStopped } from "../../src/core/clock.ts";
import { ACCOUNT_COLUMNS } from "../../src/config/account-columns.ts";
import { mergeColumns } from "../../src/config/merge-columns.ts";
import type { Config, LogSource, PullConfig } from "../../src/config/config.ts";
import type { Lake } from "../../src/lake/lake.ts";
import { readColumns } from "../../src/lake/read-columns.ts";
import type { Store } from "../../src/lake/store/store.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { pullAll } from "../../src/pull-all.ts";
import { openQuery } from "../../src/query/open-query.ts";
import { canonical } from "./canonical.ts";
import { compareHappenings } from "./compare-happenings.ts";

/** The simulator's stream behind each table that has events. */
export type EventTable = "auth" | "admin" | "telephony" | "offline_enrollment" | "activity" | "trust_monitor";
export const STREAM_OF: Readonly<Record<EventTable, StreamName>> = {
  auth: "authentication_v2",
  admin: "administrator_v1",
  telephony: "telephony_v2",
  offline_enrollment: "offline_enrollment_v1",
  activity: "activity_v2",
  trust_monitor: "trust_monitor",
};
/** The older log of the tables that two logs can feed. */
const V1_OF: Partial<Record<EventTable, V1Stream>> = {
  admin: "administrator_v1",
  telephony: "telephony_v1",
  offline_enrollment: "offline_enrollment_v1",
};
export const EVENT_TABLES: readonly EventTable[] = ["auth", "admin", "telephony", "offline_enrollment"];

export interface HarnessOptions {
  readonly simulator?: SimulatorOptions;
  readonly tables?: readonly string[];
  readonly pull?: Partial<PullConfig>;
  readonly batchRowCountMax?: number;
  /** How far back the first pull reads, ms; default a day. */
  readonly firstWindowMs?: number;
  /** Where the tables are; default a folder of the harness's own. */
  readonly warehouse?: string;
  /** What says which metadata file counts; default the folder itself. */
  readonly catalog?: Config["lake"]["catalog"];
  /** What the program finds in its environment beside what it needs for Duo. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes the place of the transport; for answers that never come. */
  readonly http?: Http;
  /** Changes to the log source: `accounts`, `adminStream`. */
  readonly source?: Partial<LogSource>;
}

/** A lake that differs from what Duo has: events that are missing, and events that stand there too often. */
export interface Difference {
  readonly lost: readonly string[];
  readonly repeated: readonly string[];
}

/** A simulator, a clock that both sides share, and a Matano directory on a temporary folder. */
export interface Harness extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly clock: Clock;
  readonly dir: string;
  readonly config: Config;
  /** A program with nothing in memory, as after a start. */
  readonly start: (options?: { readonly clock?: Clock; readonly store?: Store }) => Promise<App>;
  /** One pull by a program that has just been started. */
  readonly pull: () => Promise<TableResult[]>;
  readonly ask: (sql: string) => Promise<Record<string, unknown>[]>;
  /** Every raw event that a table and its dead letters hold. */
  readonly originals: (table: string) => Promise<string[]>;
  /**
   * Compares a table with the simulator's ledger, from the table's start on or as far back as it was backfilled; dead letters
   * count as kept.
   *
   * @param accountId a child account, where a provider's are pulled
   * @param sinceMs leaves older events out, ms since 1970; for many comparisons of one growing table
   */
  readonly difference: (table: EventTable, accountId?: string, sinceMs?: number) => Promise<Difference>;
}

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30, 20);

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const simulator = await startSimulator({ users: 40, days: 3, nowMs: NOW_MS, ...options.simulator });
  const dir = await mkdtemp(join(tmpdir(), "duolake-test-"));
  const clock: Clock = {
    nowMs: simulator.clock.nowMs,
    sleep: async (delayMs, signal) => {
      throwIfStopped(signal);
      simulator.clock.advance(Math.ceil(delayMs));
    },
  };
  const config = testConfig(dir, simulator, options);
  const apps: App[] = [];
  let reader: App | undefined;
  const start: Harness["start"] = async (other) => {
    const app = await createApp({
      config,
      clock: other?.clock ?? clock,
      ...(other?.store && { store: other.store }),
      env: {
        DUOLAKE_DUO_ENDPOINT_URL: simulator.url,
        DUOLAKE_SECRET_KEY_DUO: simulator.secretKey(),
        ...options.env,
      },
      ...(options.batchRowCountMax === undefined ? {} : { batchRowCountMax: options.batchRowCountMax }),
      ...(options.firstWindowMs !== undefined && { firstWindowMs: options.firstWindowMs }),
      ...(options.http !== undefined && { http: options.http }),
    });
    apps.push(app);
    return app;
  };
  const ask: Harness["ask"] = async (sql) => {
    const { lake } = await start();
    const answer = await openQuery(lake, sql);
    const rows: Record<string, unknown>[] = [];
    for await (const some of answer.rows) {
      for (const row of some)
        rows.push(Object.fromEntries(row.map((value, i) => [answer.columns[i] ?? "", value])));
    }
    return rows;
  };
  return {
    simulator,
    clock,
    dir,
    config,
    start,
    pull: async () => {
      const app = await start();
      return pullAll(app, { sources: app.sources, wants: () => true });
    },
    ask,
    originals: async (table) => {
      reader ??= await start();
      return originalsOf(reader.lake, table, { accountId: undefined, sinceMs: -Infinity });
    },
    difference: async (table, accountId, sinceMs = -Infinity) => {
      reader ??= await start();
      const { lake } = reader;
      const found = await lake.load(`duo_${table}`);
      const covered = coveredSince(found?.properties ?? {}, accountId);
      const fromMs = Math.max(covered.fromMs, sinceMs);
      const texts = await originalsOf(lake, table, { accountId, sinceMs });
      const range = { fromMs, ...(accountId !== undefined && { accountId }) };
      const { ledger } = simulator;
      if (table === "trust_monitor") return compare(servedVersions(simulator, range), texts);
      const v1 = V1_OF[table];
      const changedOverMs = covered.changedOverMs ?? alwaysNewer(table, covered.stream);
      if (v1 === undefined || changedOverMs === undefined) {
        return compare(ledger.expected(streamOf(table, covered.stream), range).map(canonical), texts);
      }
      return compareHappenings(ledger.happenings(v1, range), texts, changedOverMs);
    },
    [Symbol.asyncDispose]: async () => {
      for (const app of apps) await app[Symbol.asyncDispose]();
      await simulator.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

type Properties = Readonly<Record<string, string>>;

/** Since when a table must hold everything, which log feeds it, and since when where a newer one took over. */
function coveredSince(
  properties: Properties,
  accountId: string | undefined,
): {
  readonly fromMs: number;
  readonly changedOverMs: number | undefined;
  readonly stream: string | undefined;
} {
  const suffix = accountId === undefined ? "" : `.${accountId}`;
  const cursor = JSON.parse(properties[`duolake.cursor${suffix}`] ?? "{}") as Record<string, string>;
  const backfill = JSON.parse(properties[`duolake.backfill${suffix}`] ?? '{"done":[]}') as {
    readonly done: readonly { readonly from: string; readonly to: string }[];
  };
  const startMs = Date.parse(cursor["start"] ?? "");
  const touching = backfill.done.find(({ to }) => Date.parse(to) >= startMs);
  const changedOver = cursor["changed_over"];
  return {
    fromMs: touching === undefined ? startMs : Date.parse(touching.from),
    changedOverMs: changedOver === undefined ? undefined : Date.parse(changedOver),
    stream: cursor["stream"],
  };
}

/** The activity log can feed the tables of administrators from their first pull on. */
function alwaysNewer(table: EventTable, stream: string | undefined): number | undefined {
  return stream === "activity_v2" && table !== "activity" ? -Infinity : undefined;
}

/** The log that fed a table all the time. */
function streamOf(table: EventTable, stream: string | undefined): StreamName {
  return stream === "telephony_v1" ? stream : STREAM_OF[table];
}

/** Every event that a table and its dead letters hold. */
async function originalsOf(
  lake: Lake,
  table: string,
  { accountId, sinceMs }: { readonly accountId: string | undefined; readonly sinceMs: number },
): Promise<string[]> {
  const texts: string[] = [];
  const read = async (name: string, paths: readonly (readonly string[])[], own: string[]): Promise<void> => {
    const found = await lake.load(name);
    if (found === undefined) return;
    const range = sinceMs === -Infinity ? {} : { fromUs: sinceMs * 1000 };
    for await (const rows of readColumns(found, { paths, withDeletedRows: true, ...range })) {
      for (const [text, ...facts] of rows)
        if (own.every((one, i) => one === facts[i])) texts.push(String(text));
    }
  };
  const owner = accountId === undefined ? [] : [accountId];
  const path = accountId === undefined ? [] : [["cloud", "account", "id"]];
  await read(`duo_${table}`, [["event", "original"], ...path], owner);
  const letterPath = accountId === undefined ? [] : [["account_id"]];
  await read("duo_dead_letter", [["original"], ["table"], ...letterPath], [table, ...owner]);
  return texts;
}

/** Every state of an event that was handed out, once. */
function servedVersions(simulator: Simulator, range: { readonly fromMs: number }): string[] {
  const served = simulator.ledger
    .trustMonitorVersions(range)
    .filter(({ firstServedAtMs }) => firstServedAtMs !== null);
  return [...new Set(served.map(({ event }) => canonical(event)))];
}

function testConfig(dir: string, simulator: Simulator, options: HarnessOptions): Config {
  const wanted = options.tables ?? [...EVENT_TABLES, "summary"];
  return {
    dir,
    lake: {
      warehouse: options.warehouse ?? join(dir, "lake"),
      database: "matano",
      catalog: options.catalog ?? { type: "folder" },
    },
    secrets: { store: "local", label: "main" },
    pull: {
      intervalMs: 300_000,
      lookBackMs: 3_600_000,
      backfillMs: 0,
      holdAfter429Ms: 60_000,
      failingAfterMs: 900_000,
      ...options.pull,
    },
    logSources: [
      {
        name: "duo",
        apiHostname: simulator.apiHostname,
        integrationKey: simulator.integrationKey,
        adminStream: "auto",
        ...options.source,
        tables: LOG_TABLES.filter(({ name }) => wanted.includes(name)).map(({ name, columns }) => ({
          name,
          resolvedName: `duo_${name}`,
          columns:
            options.source?.accounts === undefined
              ? columns()
              : mergeColumns(columns(), ACCOUNT_COLUMNS).columns,
        })),
      },
    ],
    warnings: [],
  };
}

/** Compares as multisets: two equal v1 events are two events. */
export function compare(expected: readonly string[], found: readonly string[]): Difference {
  const counts = new Map<string, number>();
  for (const text of expected) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of found) counts.set(text, (counts.get(text) ?? 0) - 1);
  const lost: string[] = [];
  const repeated: string[] = [];
  for (const [text, count] of counts) {
    for (let i = 0; i < count; i += 1) lost.push(text);
    for (let i = 0; i > count; i -= 1) repeated.push(text);
  }
  return { lost, repeated };
}

export const NO_DIFFERENCE: Difference = { lost: [], repeated: [] };
