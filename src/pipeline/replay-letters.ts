import { DuolakeError } from "../core/errors.ts";
import { hasColumn } from "../core/has-column.ts";
import { isJsonObject } from "../core/json.ts";
import type { DataFile, LakeTable, StagedFile } from "../lake/lake.ts";
import { type ColumnCell, readColumns } from "../lake/read-columns.ts";
import { DEAD_LETTER_COLUMNS, type DeadLetter } from "./dead-letters.ts";
import { createKnownIdentities } from "./known-identities.ts";
import { readKnown } from "./known-in-lake.ts";
import { laneOf } from "./lane.ts";
import { mapStored } from "./map-stored.ts";
import { openDrain } from "./open-drain.ts";
import { rereadMark } from "./reread-mark.ts";
import type { ReplayOptions } from "./replay-rows.ts";
import { openStanding } from "./standing.ts";
import type { TableContext } from "./table-context.ts";

/** What mapping the dead letters of a table again came to. */
export interface LettersReplay {
  readonly letterCount: number;
  /** Letters whose event is a row now; they are taken out of the dead letters. */
  readonly replayedCount: number;
  /** Why the others stay, and how many of each. */
  readonly reasons: ReadonlyMap<string, number>;
}

const LOST_RACE_COUNT_MAX = 8;
/** The letters of one file are held in memory: it is small. */
const NAMES = DEAD_LETTER_COLUMNS.map(({ name }) => name);

/**
 * Maps the dead letters of one table and account again; what is a row now is appended and its letter taken out. A crash in between
 * leaves letters whose events are rows, and the identities keep the next replay from appending them twice.
 *
 * @param letters the table of the dead letters; undefined where there is none
 * @throws lake_*, cursor_unsupported, stopped
 */
export async function replayLetters(
  context: TableContext,
  letters: LakeTable | undefined,
  options: ReplayOptions,
): Promise<LettersReplay> {
  const total = { letterCount: 0, replayedCount: 0, reasons: new Map<string, number>() };
  if (letters === undefined) return total;
  const done = new Set<string>();
  let table = letters;
  for (let lostRaces = 0; ;) {
    const files = await table.files({
      ...(options.sinceMs !== undefined && { fromUs: options.sinceMs * 1000 }),
    });
    const file = files.find(({ path }) => !done.has(path));
    if (file === undefined) return total;
    try {
      const replay = await replayFile(context, table, { file, options });
      done.add(file.path);
      for (const path of replay.stagedPaths) done.add(path);
      lostRaces = 0;
      total.letterCount += replay.letterCount;
      total.replayedCount += replay.replayedCount;
      for (const [reason, count] of replay.reasons) {
        total.reasons.set(reason, (total.reasons.get(reason) ?? 0) + count);
      }
      options.onRows?.(replay.letterCount);
      ({ table } = replay);
    } catch (error) {
      const isLostRace = error instanceof DuolakeError && /^(files|cursor)_moved$/.test(error.code);
      lostRaces += 1;
      if (!isLostRace || lostRaces > LOST_RACE_COUNT_MAX) throw error;
      table = await table.reload();
    }
  }
}

async function replayFile(
  context: TableContext,
  table: LakeTable,
  { file, options }: { readonly file: DataFile; readonly options: ReplayOptions },
): Promise<LettersReplay & { readonly table: LakeTable; readonly stagedPaths: readonly string[] }> {
  const { signal, isDryRun = false } = options;
  const all: DeadLetter[] = [];
  // A table from before accounts were configured lacks their columns.
  const names = NAMES.filter((name) => hasColumn(table.columns, [name]));
  const paths = names.map((name) => [name]);
  for await (const rows of readColumns(table, { paths, files: [file], signal })) {
    for (const cells of rows) all.push(toLetter(names, cells));
  }
  const own = all.filter((letter) => isOwn(context, letter));
  const mapped = own.map((letter) => ({ letter, mapped: mapAgain(context, letter) }));
  const reasons = new Map<string, number>();
  for (const one of mapped) {
    if ("reason" in one.mapped) reasons.set(one.mapped.reason, (reasons.get(one.mapped.reason) ?? 0) + 1);
  }
  const rows = mapped.filter(({ mapped: { row } }) => row !== undefined);
  const unchanged = { letterCount: own.length, replayedCount: rows.length, reasons, table, stagedPaths: [] };
  if (rows.length === 0 || isDryRun) return unchanged;
  const stored = await context.exclusively(() => append(context, rows, signal));
  const left = all.filter((letter) => !isOwn(context, letter) || !stored.has(letter.hash));
  const replayedCount = own.filter(({ hash }) => stored.has(hash)).length;
  if (replayedCount < rows.length) reasons.set("unstorable", rows.length - replayedCount);
  if (replayedCount === 0) return { ...unchanged, replayedCount };
  const files = await stage(table, left, signal);
  const change = { files, removed: [file], operation: "overwrite", setProperties: {} } as const;
  try {
    const after = await table.commit(change, signal);
    return { ...unchanged, replayedCount, table: after, stagedPaths: files.map(({ path }) => path) };
  } catch (error) {
    await table.discard(files);
    throw error;
  }
}

/** Writes the letters that stay; none of them may be lost on the way. */
async function stage(
  table: LakeTable,
  letters: readonly DeadLetter[],
  signal: AbortSignal | undefined,
): Promise<readonly StagedFile[]> {
  if (letters.length === 0) return [];
  const writer = table.writer();
  for (const letter of letters) writer.add({ ...letter });
  const { files, refused } = await writer.finish(signal);
  const [first] = refused;
  if (first === undefined) return files;
  await table.discard(files);
  throw new DuolakeError("row_unstorable", `Cannot keep a letter in ${table.name}: ${first.reason}`);
}

type Mapped = ReturnType<typeof mapStored> & { readonly row?: unknown };

/** Appends the rows that the lake lacks. @returns the identities among them that the lake has now */
async function append(
  context: TableContext,
  rows: readonly { readonly letter: DeadLetter; readonly mapped: Mapped }[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const { streams, account, newId } = context;
  const standing = await openStanding(context, undefined, signal);
  const candidates = rows.flatMap(({ letter, mapped }) => {
    if ("reason" in mapped) return [];
    const { hash, original } = letter;
    return [{ ...mapped, hash, original, reason: "", fetchedAtMs: Date.parse(letter.ts) }];
  });
  const range = placeOf(candidates);
  const known = createKnownIdentities();
  await readKnown(context, { table: standing.table, known, ...range, signal });
  const stream = streams.find(({ name }) => name === rows[0]?.letter.stream) ?? streams[0];
  if (stream === undefined) return new Set();
  await using drain = openDrain(context, {
    stream,
    lane: laneOf("live", account),
    mark: rereadMark(standing, { note: undefined, newId }),
    standing,
    known,
    knownFromMs: -Infinity,
    fromMs: candidates.reduce((least, { fetchedAtMs }) => Math.min(least, fetchedAtMs), Infinity),
    twins: undefined,
    counts: { fetched: 0, appended: 0, duplicates: 0, rejected: 0 },
    gaps: [],
    signal,
  });
  for (const { fetchedAtMs, ...candidate } of candidates) await drain.takeCandidate(candidate, fetchedAtMs);
  await drain.finish();
  const now = createKnownIdentities();
  await readKnown(context, { table: standing.table, known: now, ...range, signal });
  const isStored = ({ hash, tsUs, timeKnown }: Place & { readonly hash: string }): boolean =>
    now.has(hash, timeKnown ? tsUs : undefined);
  return new Set(candidates.filter(isStored).map(({ hash }) => hash));
}

interface Place {
  readonly tsUs: number;
  readonly timeKnown: boolean;
}

/** Where the rows of events may stand: one without a time has that of any fetch since the letter's. */
function placeOf(candidates: readonly Place[]): { readonly fromUs: number; readonly toUs?: number } {
  let fromUs = Infinity;
  let toUs = -Infinity;
  for (const { tsUs } of candidates) {
    fromUs = Math.min(fromUs, tsUs);
    toUs = Math.max(toUs, tsUs);
  }
  return candidates.every(({ timeKnown }) => timeKnown) ? { fromUs, toUs } : { fromUs };
}

function mapAgain({ table }: TableContext, letter: DeadLetter): Mapped {
  const { original, hash, ts, stream, account_id: id, account_name: name } = letter;
  const account = id === undefined ? undefined : { id, name };
  const mapped = mapStored(table, { original, hash, createdUs: Date.parse(ts) * 1000, stream, account });
  // An event that a mapping drops in silence stays a letter.
  return "row" in mapped && !isJsonObject(mapped.event) ? { reason: "not_an_object" } : mapped;
}

function isOwn({ table, account }: TableContext, letter: DeadLetter): boolean {
  return letter.table === table.name && letter.account_id === account?.id;
}

function toLetter(names: readonly string[], cells: readonly ColumnCell[]): DeadLetter {
  const entries = names
    .map((name, index) => [name, cells[index]] as const)
    .filter(([, value]) => value !== null && value !== undefined);
  const letter = Object.fromEntries(entries) as unknown as DeadLetter & { readonly ts: unknown };
  return { ...letter, ts: new Date(Number(letter.ts) / 1000).toISOString() };
}
