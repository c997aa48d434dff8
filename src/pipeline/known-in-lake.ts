import type { LakeTable } from "../lake/lake.ts";
import type { Candidate } from "./candidates.ts";
import type { KnownIdentities } from "./known-identities.ts";
import type { TableContext } from "./table-context.ts";

/** Adds to `known` the identities of the rows with `ts` in the range (microseconds since 1970, both ends included). */
export async function readKnown(
  { readTexts, account }: TableContext,
  into: {
    readonly table: LakeTable;
    readonly known: KnownIdentities;
    readonly fromUs: number;
    readonly toUs?: number | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { table, known, fromUs, toUs, signal } = into;
  const path = ["event", "hash"];
  for await (const rows of readTexts(table, { path, fromUs, toUs, accountId: account?.id, signal })) {
    for (const { text, tsUs } of rows) known.add(text, tsUs);
  }
}

/** Sees to it that the lake was asked wherever an event's row might stand. */
export interface KnownRange {
  /** True where `known` already holds everything that the lake has at the event's place. */
  readonly covers: (candidate: Candidate) => boolean;
  /** Adds what the lake has there. */
  readonly lookUp: (candidate: Candidate) => Promise<void>;
}

/**
 * Says for which events `known` is complete.
 *
 * An event whose own time lies outside the window that Duo put it into has its row where nobody has looked yet. One whose time
 * cannot be read has the time of some fetch as `ts`, which may be any up to now.
 *
 * @param range what was read into `known`, ms since 1970, both ends included; `toMs` may be Infinity
 */
export function createKnownRange(
  context: TableContext,
  range: {
    readonly standing: { readonly table: LakeTable };
    readonly known: KnownIdentities;
    readonly fromMs: number;
    readonly toMs: number;
    readonly signal: AbortSignal | undefined;
  },
): KnownRange {
  const { standing, known, signal } = range;
  const fromUs = range.fromMs * 1000;
  const toUs = range.toMs * 1000;
  let isOpenEnded = toUs === Infinity;
  return {
    covers: ({ timeKnown, tsUs }) =>
      timeKnown
        ? tsUs >= Math.max(fromUs, known.forgottenToUs) && (tsUs <= toUs || isOpenEnded)
        : isOpenEnded,
    lookUp: async ({ timeKnown, tsUs }) => {
      const place = timeKnown ? { fromUs: tsUs, toUs: tsUs } : { fromUs: toUs };
      await readKnown(context, { table: standing.table, known, ...place, signal });
      if (!timeKnown) isOpenEnded = true;
    },
  };
}
