import type { Stream } from "../duo/tables/table.ts";
import { type Cursor, encodeCursor } from "./cursor.ts";
import type { Mark } from "./mark.ts";
import type { Standing } from "./standing.ts";

/** A watermark this far ahead of the committed one is committed even without rows. */
const WATERMARK_ALONE_MS = 86_400_000;

/**
 * The mark of a pull: the watermark moves with the pages; where another stream took over, the cursor says since when.
 *
 * @param drainedMs how far the stream that fed the table until now was drained, ms since 1970
 */
export function liveMark(
  standing: Standing,
  options: { readonly stream: Stream; readonly drainedMs: number; readonly newId: () => string },
): Mark {
  const { stream, drainedMs, newId } = options;
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
        ...(isChangeOver && { changedOverMs: Math.max(before.watermarkMs, drainedMs) }),
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
