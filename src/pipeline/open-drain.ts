import type { Gap } from "../duo/page.ts";
import type { Stream } from "../duo/tables/table.ts";
import type { LakeTable } from "../lake/lake.ts";
import type { Cursor } from "./cursor.ts";
import { type Counts, createDrain, type Drain } from "./drain.ts";
import type { KnownIdentities } from "./known-identities.ts";
import { createKnownRange } from "./known-in-lake.ts";
import type { Lane } from "./lane.ts";
import type { Mark } from "./mark.ts";
import type { Standing } from "./standing.ts";
import type { TableContext } from "./table-context.ts";
import { findTwins, TWIN_MARGIN_MS, type Twins } from "./twins.ts";

export interface OpenDrainOptions {
  readonly stream: Stream;
  readonly lane: Lane;
  readonly mark: Mark;
  readonly standing: { table: LakeTable };
  readonly known: KnownIdentities;
  /** What `known` holds of the lake, ms since 1970; without `knownToMs` everything from there on. */
  readonly knownFromMs: number;
  readonly knownToMs?: number;
  /** The window being read, ms since 1970. */
  readonly fromMs: number;
  readonly twins: Twins | undefined;
  readonly lastGauge?: Cursor["gauge"];
  readonly counts: Counts;
  readonly gaps: Gap[];
  readonly signal: AbortSignal | undefined;
}

/** Starts a drain of one table of one account. */
export function openDrain(context: TableContext, options: OpenDrainOptions): Drain {
  const { table, account } = context;
  const { stream, known, knownFromMs, knownToMs = Infinity, standing, signal } = options;
  const range = { standing, known, fromMs: knownFromMs, toMs: knownToMs, signal };
  return createDrain({
    ...context,
    ...options,
    feed: { table, stream, account },
    lastGauge: options.lastGauge,
    knownRange: createKnownRange(context, range),
  });
}

/**
 * Finds what other streams of the table brought in a range; undefined where there can be nothing: another stream's rows lie before
 * the change-over, which may be happening right now.
 *
 * @param options `range`: `ts` of the rows, ms since 1970, both ends included
 */
export async function twinsIn(
  context: TableContext,
  options: {
    readonly stream: Stream;
    readonly standing: Standing;
    readonly range: { readonly fromMs: number; readonly toMs: number };
    readonly signal: AbortSignal | undefined;
  },
): Promise<Twins | undefined> {
  const { stream, standing, range, signal } = options;
  const { cursor, table } = standing;
  const isChangeOver = cursor.stream !== stream.name;
  // Until this very moment the other stream may have brought rows: re-reads go beyond the watermark.
  const nowMs = context.client.serverClock.nowMs();
  const changedOverMs = isChangeOver ? Math.max(cursor.watermarkMs, nowMs) : cursor.changedOverMs;
  const others = context.table.streams.filter(
    ({ name, twinKey }) => name !== stream.name && twinKey !== undefined,
  );
  if (changedOverMs === undefined || stream.twinKey === undefined || others.length === 0) return undefined;
  const toMs = Math.min(range.toMs, changedOverMs + TWIN_MARGIN_MS);
  if (range.fromMs > toMs) return undefined;
  const [fromUs, toUs] = [range.fromMs * 1000, toMs * 1000];
  const path = ["event", "original"];
  const accountId = context.account?.id;
  return findTwins(stream, others, context.readTexts(table, { path, fromUs, toUs, accountId, signal }));
}
