import { type Cursor, encodeCursor } from "./cursor.ts";
import type { Mark } from "./mark.ts";
import type { Standing } from "./standing.ts";

/** What a re-read notes in the cursor: that it was done, or how far it came. */
export type RereadNote = Pick<Cursor, "dayRereadMs" | "weekRereadMs" | "rereading">;

/** The mark of a re-read: the watermark stays, the last commit notes that it was done. */
export function rereadMark(
  standing: Standing,
  { note, newId }: { readonly note: RereadNote | undefined; readonly newId: () => string },
): Mark {
  return {
    next: ({ isEnd }) => {
      const cursor: Cursor = {
        ...standing.cursor,
        commit: newId(),
        ...(isEnd && note && { rereading: undefined, ...note }),
      };
      return {
        text: encodeCursor(cursor),
        isDue: isEnd && note !== undefined,
        landed: () => {
          standing.cursor = cursor;
        },
      };
    },
  };
}
