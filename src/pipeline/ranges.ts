/** A stretch of time, ms since 1970: `fromMs` included, `toMs` not. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Adds a range to sorted, disjoint ranges and joins what touches; pure. */
export function addRange(ranges: readonly Range[], added: Range): Range[] {
  if (added.fromMs >= added.toMs) return [...ranges];
  const sorted = [...ranges, added].sort((a, b) => a.fromMs - b.fromMs);
  const joined: Range[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.fromMs > last.toMs) joined.push(range);
    else joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, range.toMs) };
  }
  return joined;
}

/** What of `wanted` the sorted, disjoint ranges leave open, oldest first; pure. */
export function openRanges(wanted: Range, done: readonly Range[]): Range[] {
  const open: Range[] = [];
  let { fromMs } = wanted;
  for (const range of done) {
    if (range.toMs <= fromMs) continue;
    if (range.fromMs >= wanted.toMs) break;
    if (range.fromMs > fromMs) open.push({ fromMs, toMs: range.fromMs });
    fromMs = range.toMs;
  }
  if (fromMs < wanted.toMs) open.push({ fromMs, toMs: wanted.toMs });
  return open;
}

/** The length of all ranges together, ms. */
export function lengthMs(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
