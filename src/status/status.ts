import type { Config, LogSource } from "../config/config.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { Stream } from "../duo/tables/table.ts";
import type { Lake, LakeTable } from "../lake/lake.ts";
import type { Account } from "../pipeline/account.ts";
import { decodeBackfillState } from "../pipeline/backfill-state.ts";
import { CURSOR_PREFIX, decodeCursor } from "../pipeline/cursor.ts";
import { sumDrift } from "../pipeline/drift.ts";
import { readGaps } from "../pipeline/gaps.ts";
import { laneOf } from "../pipeline/lane.ts";
import { backfillStatus } from "./backfill-status.ts";
import { countDeadLetters, type DeadLetterCounts } from "./count-dead-letters.ts";
import type { EndpointWait } from "./endpoint-wait.ts";
import type { Journal } from "./journal.ts";
import { rereadDaysOf, rereadRequestsPerDay, rowsOfLastDays } from "./reread-cost.ts";
import { streamOf } from "./stream-of.ts";
import type { TableStatus } from "./table-status.ts";
import { readWaitingNote, waitingNoteName } from "./waiting-note.ts";

export interface StatusOptions {
  readonly config: Config;
  readonly lake: Lake;
  readonly journal: Journal;
  /** ms since 1970. */
  readonly nowMs: number;
  /** The name of a table's notes in the journal. */
  readonly journalName: (table: {
    readonly resolvedName: string;
    readonly account: { readonly id: string } | undefined;
  }) => string;
}

/** What the lines of one table have in common. */
interface Found {
  readonly source: LogSource;
  readonly name: string;
  readonly resolvedName: string;
  readonly table: LakeTable | undefined;
  readonly letters: DeadLetterCounts;
  readonly waits: readonly EndpointWait[];
}

const DAY_MS = 86_400_000;
/** Log sources that are read side by side: there may be thousands. */
const SOURCE_COUNT_MAX = 8;

/**
 * Reads the status of every configured table from the lake and the journal: a line for each of its accounts, or one line where
 * it was never pulled.
 *
 * @throws lake_* where the lake cannot be read; cursor_unsupported
 */
export async function readStatus(options: StatusOptions): Promise<TableStatus[]> {
  const { logSources } = options.config;
  const perSource = await mapBounded(logSources, SOURCE_COUNT_MAX, (source) => readSource(options, source));
  return perSource.flat();
}

async function readSource(options: StatusOptions, source: LogSource): Promise<TableStatus[]> {
  const { lake, journal, nowMs } = options;
  const [letters, note] = await Promise.all([
    countDeadLetters(lake, `${source.name}_dead_letter`),
    journal.readNote(waitingNoteName(source.name)),
  ]);
  const waits = readWaitingNote(note, nowMs);
  const perTable = await Promise.all(
    source.tables.map(async ({ name, resolvedName }) => {
      const table = await lake.load(resolvedName);
      const accounts = table === undefined ? [undefined] : accountsOf(table);
      const found = { source, name, resolvedName, table, letters, waits };
      return Promise.all(
        accounts.map((account) => readTable(options, found, { account, count: accounts.length })),
      );
    }),
  );
  return perTable.flat();
}

/** Whose cursors a table has; the cursor of a log source's own account names none. */
function accountsOf({ properties }: LakeTable): readonly (Account | undefined)[] {
  const ids = Object.keys(properties)
    .filter((key) => key.startsWith(`${CURSOR_PREFIX}.`))
    .map((key) => key.slice(CURSOR_PREFIX.length + 1))
    .sort();
  const children = ids.map((id) => ({ id, name: "" }));
  return properties[CURSOR_PREFIX] === undefined && children.length > 0 ? children : [undefined, ...children];
}

async function readTable(
  options: StatusOptions,
  found: Found,
  { account, count }: { readonly account: Account | undefined; readonly count: number },
): Promise<TableStatus> {
  const { journal, nowMs, config } = options;
  const { source, name, resolvedName, table, letters } = found;
  const { properties = {} } = table ?? {};
  const [live, past] = [laneOf("live", account), laneOf("backfill", account)];
  const cursor = table && decodeCursor(properties[live.cursorKey], resolvedName);
  const stream = streamOf(name, cursor?.stream);
  const noteName = options.journalName({ resolvedName, account });
  const [entry, note] = await Promise.all([journal.read(noteName), journal.readNote(`${noteName}.backfill`)]);
  const drainedMs = entry?.drainedTo === undefined ? 0 : Date.parse(entry.drainedTo) || 0;
  const state = decodeBackfillState(properties[past.cursorKey], resolvedName);
  const isGauge = stream?.paging === "gauge";
  const gaps = [live, past].flatMap(({ gapsKey }) => readGaps(properties[gapsKey]));
  return {
    source: source.name,
    account: account?.id,
    table: name,
    resolvedName,
    stream: cursor?.stream,
    streamSinceMs: cursor?.changedOverMs,
    watermarkMs: cursor && Math.max(cursor.watermarkMs, drainedMs),
    rowCount: table?.rowCount ?? 0,
    fileCount: table?.fileCount ?? 0,
    lastPullAt: entry?.lastPullAt,
    lastError: entry?.lastError,
    gaps: gaps.sort((a, b) => a.fromMs - b.fromMs),
    drift: sumDrift([live, past].flatMap(({ driftKey }) => properties[driftKey] ?? [])),
    deadLetterCount: letters(name, account?.id),
    backfill:
      cursor === undefined || isGauge
        ? undefined
        : backfillStatus(cursor, { state, note }, { nowMs, backfillMs: config.pull.backfillMs }),
    dayRereadMs: cursor?.dayRereadMs,
    weekRereadMs: cursor?.weekRereadMs,
    rereadRequestsPerDay:
      table === undefined || stream === undefined || isGauge
        ? undefined
        : await estimateRereads(table, { stream, accountCount: count, nowMs }),
    waiting: found.waits.find((wait) => wait.account === account?.id && wait.endpoint === stream?.path),
  };
}

/** The accounts of a table share its files: each is taken to have an equal part of the rows. */
async function estimateRereads(
  table: LakeTable,
  of: { readonly stream: Stream; readonly accountCount: number; readonly nowMs: number },
): Promise<number> {
  const { stream, accountCount, nowMs } = of;
  const days = rereadDaysOf(stream);
  const longest = Math.max(days.daily, days.weekly);
  const fromUs = (nowMs - longest * DAY_MS) * 1000;
  const files = await table.files({ fromUs, withDeletedRows: true });
  const rows = (count: number): number => rowsOfLastDays(files, { days: count, nowMs }) / accountCount;
  return rereadRequestsPerDay(stream, { daily: rows(days.daily), weekly: rows(days.weekly) });
}
