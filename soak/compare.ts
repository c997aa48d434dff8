import type { LedgerRange } from "../simulator/ledger.ts";
import type { V1Stream } from "../simulator/happenings.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { RawEvent, StreamName } from "../simulator/streams.ts";
import type { Lake } from "../src/lake/lake.ts";
import { openQuery } from "../src/query/open-query.ts";
import { canonical } from "../test/support/canonical.ts";
import { compareHappenings } from "../test/support/compare-happenings.ts";

/** A table of one account, as the ledger and the lake have it. */
export interface ComparedTable {
  readonly source: string;
  readonly accountId: string | undefined;
  readonly table: string;
  /** Events that Duo has shown, from the oldest that the backfill was to bring. */
  readonly servedCount: number;
  readonly rowCount: number;
  readonly lost: readonly string[];
  readonly repeated: readonly string[];
  /** Missing events that came later than any re-read looks for them. */
  readonly tooLateCount: number;
  /** Why the comparison says nothing: the backfill is not complete. */
  readonly problem: string | undefined;
}

export interface CompareOptions {
  readonly simulator: Simulator;
  readonly lake: Lake;
  readonly source: string;
  readonly table: string;
  readonly accountId: string | undefined;
  /** The oldest time that the backfill was to bring, and when the last re-reads began; ms since 1970. */
  readonly sinceMs: number;
  readonly asOfMs: number;
  /** Ids of events that were meant to be too late. */
  readonly tooLate: ReadonlySet<string>;
}

/** The logs behind the tables: the v2 log, or the v1 log that the activity log took over from. */
const STREAMS: Readonly<Record<string, StreamName>> = {
  auth: "authentication_v2",
  telephony: "telephony_v2",
  activity: "activity_v2",
};
const V1_STREAMS: Readonly<Record<string, V1Stream>> = {
  admin: "administrator_v1",
  offline_enrollment: "offline_enrollment_v1",
};

/** Compares a table with the simulator's own ledger; a gauge has none and is only counted. */
export async function compareTable(options: CompareOptions): Promise<ComparedTable> {
  const { simulator, lake, source, table, accountId, asOfMs } = options;
  const found = await lake.load(`${source}_${table}`);
  const cursor = property(found?.properties, "duolake.cursor", accountId);
  const texts = await originals(lake, options);
  const { fromMs, problem } = covered(found?.properties, options);
  const range: LedgerRange = { fromMs, ...(accountId !== undefined && { accountId }) };
  const head = { source, accountId, table, rowCount: texts.length, problem };
  const { ledger } = simulator;
  if (table === "summary")
    return { ...head, servedCount: texts.length, lost: [], repeated: [], tooLateCount: 0 };
  if (table === "trust_monitor") {
    const versions = ledger.trustMonitorVersions({ ...range, asOfMs });
    const present = new Map(versions.map(({ sekey, event }) => [sekey, canonical(event)]));
    const all = new Set(ledger.trustMonitorVersions(range).map(({ event }) => canonical(event)));
    return {
      ...head,
      servedCount: present.size,
      ...differences([...present.values()], [...all], texts),
      tooLateCount: 0,
    };
  }
  const v1 = V1_STREAMS[table];
  if (v1 !== undefined) {
    const changedOver = cursor["changed_over"];
    const changedOverMs = typeof changedOver === "string" ? Date.parse(changedOver) : Infinity;
    const shown = ledger.happenings(v1, { ...range, asOfMs });
    const { lost } = compareHappenings(shown, texts, changedOverMs);
    const { repeated } = compareHappenings(ledger.happenings(v1, range), texts, changedOverMs);
    const wanted = shown.filter(({ v1: old, atMs }) => old !== undefined || atMs >= changedOverMs);
    return { ...head, servedCount: wanted.length, lost, repeated, tooLateCount: 0 };
  }
  const stream = STREAMS[table] as StreamName;
  const ids = texts.map((text) => ledger.identity(stream, JSON.parse(text) as RawEvent));
  const shown = [...ledger.identities(stream, { ...range, asOfMs })];
  const { lost, repeated } = differences(shown, [...ledger.identities(stream, range)], ids);
  const isTooLate = (id: string): boolean => options.tooLate.has(id);
  const missing = lost.filter((id) => !isTooLate(id));
  return {
    ...head,
    servedCount: shown.length,
    lost: missing,
    repeated,
    tooLateCount: lost.length - missing.length,
  };
}

/** @param shown must be there @param all may be there, once */
function differences(
  shown: readonly string[],
  all: readonly string[],
  found: readonly string[],
): { readonly lost: readonly string[]; readonly repeated: readonly string[] } {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const known = new Set(all);
  const repeated = [...counts].flatMap(([id, count]) => {
    const tooMany = known.has(id) ? count - 1 : count;
    return Array.from({ length: tooMany }, () => id);
  });
  return { lost: shown.filter((id) => !counts.has(id)), repeated };
}

/** What is kept of a table: its rows, and its dead letters. */
async function originals(lake: Lake, { source, table, accountId }: CompareOptions): Promise<string[]> {
  const owner = accountId === undefined ? "" : `WHERE cloud.account.id = '${accountId}'`;
  const rows = await ask(lake, `SELECT event.original FROM ${source}_${table} ${owner}`);
  if (!(await lake.list()).includes(`${source}_dead_letter`)) return rows;
  const ownLetter = accountId === undefined ? "" : `AND account_id = '${accountId}'`;
  return [
    ...rows,
    ...(await ask(
      lake,
      `SELECT original FROM ${source}_dead_letter WHERE "table" = '${table}' ${ownLetter}`,
    )),
  ];
}

async function ask(lake: Lake, sql: string): Promise<string[]> {
  const answer = await openQuery(lake, sql);
  const texts: string[] = [];
  for await (const rows of answer.rows) for (const [text] of rows) texts.push(text as string);
  return texts;
}

type Properties = Readonly<Record<string, string>> | undefined;

function property(
  properties: Properties,
  name: string,
  accountId: string | undefined,
): Record<string, unknown> {
  const key = accountId === undefined ? name : `${name}.${accountId}`;
  return JSON.parse(properties?.[key] ?? "{}") as Record<string, unknown>;
}

/** Since when the table must hold everything: as far back as it was to be backfilled, unless it says that it was not. */
function covered(
  properties: Properties,
  { table, accountId, sinceMs }: CompareOptions,
): { readonly fromMs: number; readonly problem: string | undefined } {
  if (table === "summary") return { fromMs: sinceMs, problem: undefined };
  const { start } = property(properties, "duolake.cursor", accountId);
  const { done } = property(properties, "duolake.backfill", accountId) as {
    readonly done?: readonly { from: string; to: string }[];
  };
  const oldest = done?.length === 1 && done[0]?.to === start ? Date.parse(done[0]?.from ?? "") : Number.NaN;
  // A child that came later was backfilled from then.
  if (oldest >= sinceMs - 1_000) return { fromMs: oldest, problem: undefined };
  const at = new Date(sinceMs).toISOString();
  return {
    fromMs: sinceMs,
    problem: `${table} was not backfilled to ${at}: starts ${String(start)}, done ${JSON.stringify(done)}`,
  };
}
