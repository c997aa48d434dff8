import type { Stream } from "../duo/tables/table.ts";
import type { LakeTable } from "../lake/lake.ts";
import { CURSOR_PREFIX, type Cursor, decodeCursor, encodeCursor } from "./cursor.ts";
import { laneOf } from "./lane.ts";
import type { TableContext } from "./table-context.ts";
import { AVAILABILITY_DELAY_MS } from "./window.ts";

/** Where the live lane of a table stands: changes with each commit. */
export interface Standing {
  table: LakeTable;
  cursor: Cursor;
}

/**
 * Opens the table, or creates it with its starting cursor, adds the columns it lacks, and reads the live cursor.
 *
 * @param opened the table, where the caller has it already
 * @throws lake_*, cursor_unsupported
 */
export async function openStanding(
  context: TableContext,
  opened?: LakeTable,
  signal?: AbortSignal,
): Promise<Standing> {
  const { lake, resolvedName, columns, account } = context;
  const { cursorKey } = laneOf("live", account);
  const existing =
    opened === undefined
      ? ((await lake.load(resolvedName)) ?? (await createTable(context)))
      : await opened.reload();
  const evolved = await lake.evolve(existing, columns);
  const table = isNewAccount(evolved, cursorKey) ? await begin(context, evolved, signal) : evolved;
  return { table, cursor: decodeCursor(table.properties[cursorKey], resolvedName) };
}

/** True where the table is ours but has no cursor of this account yet. A table without any cursor is not ours. */
function isNewAccount({ properties }: LakeTable, cursorKey: string): boolean {
  return (
    properties[cursorKey] === undefined &&
    Object.keys(properties).some((key) => key.startsWith(CURSOR_PREFIX))
  );
}

function createTable(context: TableContext): Promise<LakeTable> {
  return context.lake.create(context.resolvedName, {
    columns: context.columns,
    properties: { [laneOf("live", context.account).cursorKey]: startingCursor(context) },
  });
}

async function begin(
  context: TableContext,
  table: LakeTable,
  signal: AbortSignal | undefined,
): Promise<LakeTable> {
  const { cursorKey } = laneOf("live", context.account);
  const compareAndSet = { key: cursorKey, from: undefined, to: startingCursor(context) };
  return table.commit({ setProperties: {}, compareAndSet }, signal);
}

function startingCursor({ client, firstWindowMs, streams, newId }: TableContext): string {
  const startMs = client.serverClock.nowMs() - AVAILABILITY_DELAY_MS - firstWindowMs;
  const [stream] = streams as readonly [Stream];
  // Whole seconds: v1 logs know nothing finer, and the backfill ends where this begins.
  const wholeMs = Math.floor(startMs / 1000) * 1000;
  return encodeCursor({ stream: stream.name, startMs: wholeMs, watermarkMs: wholeMs, commit: newId() });
}
