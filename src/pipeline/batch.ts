import type { Gap } from "../duo/page.ts";
import type { LakeTable, RowWriter } from "../lake/lake.ts";
import type { Feed } from "./candidates.ts";
import type { Cursor } from "./cursor.ts";
import type { DeadLetter } from "./dead-letters.ts";
import type { DrainOptions } from "./drain.ts";
import { addDrift } from "./drift.ts";
import { addGaps } from "./gaps.ts";
import type { Progress } from "./mark.ts";

/** What waits to be committed together. */
export interface Batch {
  readonly writer: RowWriter;
  readonly letters: DeadLetter[];
  readonly gaps: Gap[];
  /** What the rows hold that this version does not know, and how often. */
  readonly drift: Map<string, number>;
  gauge: Cursor["gauge"];
}

export function newBatch(table: LakeTable): Batch {
  return { writer: table.writer(), letters: [], gaps: [], drift: new Map(), gauge: undefined };
}

/**
 * Commits one batch: first its dead letters, then rows and cursor together.
 *
 * The order matters: a crash in between leaves letters whose events are read again, and their identities keep them from being
 * written twice; the other order would lose them (docs/spec/pull.md, P1 and P5).
 */
export async function commitBatch(options: DrainOptions, batch: Batch, progress: Progress): Promise<void> {
  const { standing, counts, lane, signal } = options;
  const startMs = options.clock.nowMs();
  const { table } = standing;
  const waiting = batch.writer.rowCount;
  const { files, refused } = waiting === 0 ? NOTHING_WRITTEN : await batch.writer.finish(signal);
  if (waiting === 0) await batch.writer.abort();
  try {
    const letters = [...batch.letters, ...refused.map((one) => refusedLetter(options, one))];
    await recordLetters(options, letters);
    const rowCount = files.reduce((sum, file) => sum + file.rowCount, 0);
    const gaps = addGaps(table.properties[lane.gapsKey], batch.gaps);
    const next = options.mark.next(progress);
    if (rowCount === 0 && gaps.fresh.length === 0 && !next.isDue) return;

    const { cursorKey, gapsKey, driftKey } = lane;
    const at = new Date(startMs).toISOString();
    const setProperties = {
      [cursorKey]: next.text,
      ...(gaps.fresh.length > 0 && { [gapsKey]: gaps.text }),
      ...(batch.drift.size > 0 && { [driftKey]: addDrift(table.properties[driftKey], batch.drift, at) }),
    };
    const compareAndSet = { key: cursorKey, from: table.properties[cursorKey], to: next.text };
    standing.table = await table.commit({ files, setProperties, compareAndSet }, signal);
    next.landed();
    counts.appended += rowCount;
    options.gaps.push(...gaps.fresh);
    options.observer?.onCommit?.({ rowCount, durationMs: options.clock.nowMs() - startMs });
  } catch (error) {
    await table.discard(files);
    throw error;
  }
}

const NOTHING_WRITTEN = { files: [], refused: [] } as const;

async function recordLetters(options: DrainOptions, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  const { deadLetters, counts, fromMs, signal } = options;
  const recorded = await deadLetters.record(letters, { sinceUs: fromMs * 1000, signal });
  counts.rejected += recorded;
  counts.duplicates += letters.length - recorded;
}

/** What all dead letters of a feed have in common. */
export function letterHead({
  table,
  stream,
  account,
}: Feed): Pick<DeadLetter, "table" | "stream" | "account_id" | "account_name"> {
  const owner = account && {
    account_id: account.id,
    ...(account.name !== "" && { account_name: account.name }),
  };
  return { table: table.name, stream: stream.name, ...owner };
}

function refusedLetter(
  { feed }: DrainOptions,
  { row, reason }: { readonly row: Record<string, unknown>; readonly reason: string },
): DeadLetter {
  const event = (row["event"] ?? {}) as Record<string, unknown>;
  return {
    hash: String(event["hash"]),
    ts: String(event["created"]),
    ...letterHead(feed),
    reason: `unstorable: ${reason}`,
    original: String(event["original"]),
  };
}
