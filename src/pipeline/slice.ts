import type { Range } from "./ranges.ts";

/** A slice is to fill so many pages: half a page is wasted at its end, a hundredth of the requests. */
const PAGE_COUNT_WANTED = 48;
const LENGTH_MS_MIN = 600_000;
/** Where nothing is known of the density. */
const LENGTH_MS_START = 7 * 86_400_000;
/** A slice may be so many times as long as the stretch that the density was seen in. */
const GROWTH_MAX = 8;

/**
 * Chooses the next slice of a backfill: the newest part of what is open, about as long as 48 pages last; pure.
 *
 * @param open the newest stretch that is missing, at whole seconds
 * @param options `last`: what was seen most recently, and `pageRowCount`: rows in a page
 */
export function nextSlice(
  open: Range,
  options: {
    readonly last: { readonly eventCount: number; readonly lengthMs: number };
    readonly pageRowCount: number;
  },
): Range {
  const { last, pageRowCount } = options;
  const wantedCount = PAGE_COUNT_WANTED * Math.max(1, pageRowCount);
  const byDensityMs = last.eventCount > 0 ? (wantedCount / last.eventCount) * last.lengthMs : Infinity;
  const growthMs = last.lengthMs > 0 ? last.lengthMs * GROWTH_MAX : LENGTH_MS_START;
  const lengthMs = Math.max(LENGTH_MS_MIN, Math.min(byDensityMs, growthMs));
  const wholeMs = Math.ceil(lengthMs / 1000) * 1000;
  return { fromMs: Math.max(open.fromMs, open.toMs - wholeMs), toMs: open.toMs };
}
