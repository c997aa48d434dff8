import type { Stream } from "../duo/tables/table.ts";
import { type Cursor, encodeCursor } from "./cursor.ts";
import type { Mark } from "./mark.ts";
import type { Standing } from "./standing.ts";

/** A watermark this far ahead of the committed one is committed even without rows. */
const WATERMARK_ALONE_MS = 86_400_000;

/**
 * The mark of a pull: the watermark moves with the pages; where another stream took over, the cursor says since when.
 *
 * @param nowMs Duo's present time: at a change-over the other stream may have brought rows up to there, for re-reads go beyond the
 *   watermark, and so does a v1 log
 */
export function liveMark(
  standing: Standing,
  options: { readonly stream: Stream; readonly nowMs: () => number; readonly newId: () => string },
): Mark {
  const { stream, nowMs, newId } = options;
  return {
    next: ({ readThroughMs, gauge }) => {
      const before = standing.cursor;
      const watermarkMs = Math.max(before.watermarkMs, readThroughMs ?? 0);
      const isChangeOver = before.stream !== stream.name;
      const cursor: Cursor = {
        ...before,
        stream: stream.name,
        watermarkMs,
        commit: newId(),
        ...(gauge !== undefined && { gauge }),
        ...(isChangeOver && { changedOverMs: Math.max(before.watermarkMs, nowMs()) }),
      };
      return {
        text: encodeCursor(cursor),
        isDue: isChangeOver || watermarkMs - before.watermarkMs >= WATERMARK_ALONE_MS,
        landed: () => {
          standing.cursor = cursor;
        },
      };
    },
  };
}
