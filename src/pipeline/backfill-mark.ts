import { type BackfillState, encodeBackfillState } from "./backfill-state.ts";
import type { Mark } from "./mark.ts";
import { addRange, type Range } from "./ranges.ts";

/** The mark of a backfill's slice: only the commit that ends it says that it is complete. */
export function backfillMark(
  state: BackfillState,
  { slice, newId }: { readonly slice: Range; readonly newId: () => string },
): Mark {
  return {
    next: ({ isEnd }) => ({
      text: encodeBackfillState({
        ...state,
        done: isEnd ? addRange(state.done, slice) : state.done,
        commit: newId(),
      }),
      isDue: isEnd,
      landed: () => {},
    }),
  };
}
