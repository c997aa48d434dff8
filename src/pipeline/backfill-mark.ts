import { type BackfillState, encodeBackfillState, type RememberedLimit } from "./backfill-state.ts";
import type { Mark } from "./mark.ts";
import { addRange, type Range } from "./ranges.ts";

/**
 * The mark of a backfill's slice: only the commit that ends it says what is complete, the slice or, where it was cut, its
 * older part up to where the pages prove that everything was seen.
 */
export function backfillMark(
  state: BackfillState,
  {
    slice,
    newId,
    limit,
  }: {
    readonly slice: Range;
    readonly newId: () => string;
    /** What is known of Duo's limit by then. */
    readonly limit: () => RememberedLimit | undefined;
  },
): Mark {
  return {
    next: ({ isEnd, readThroughMs }) => {
      const read = readOf(slice, readThroughMs);
      const isRecorded = isEnd && read.toMs > read.fromMs;
      return {
        text: encodeBackfillState({
          ...state,
          done: isRecorded ? addRange(state.done, read) : state.done,
          commit: newId(),
          limit: limit(),
        }),
        isDue: isRecorded,
        landed: () => {},
      };
    },
  };
}

/** Ranges are kept at whole seconds; the last millisecond of a slice stands for its end. */
function readOf({ fromMs, toMs }: Range, readThroughMs = fromMs): Range {
  if (readThroughMs >= toMs - 1) return { fromMs, toMs };
  return { fromMs, toMs: Math.max(fromMs, Math.floor(readThroughMs / 1000) * 1000) };
}
