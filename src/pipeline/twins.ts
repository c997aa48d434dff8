import { isJsonObject, type Json, parseJson } from "../core/json.ts";
import type { Stream } from "../duo/tables/table.ts";

/** Knows which events the lake has already from another stream of the table. */
export interface Twins {
  /**
   * True for an event whose twin is in the lake and was not claimed by another event yet; claims it.
   *
   * @param hash the event's identity: the same event may come twice
   */
  readonly claim: (event: Json, hash: string) => boolean;
}

/** Rows may carry a time up to this long after the last moment at which the other stream was known to feed the table. */
export const TWIN_MARGIN_MS = 3_600_000;

/**
 * Finds the twins of a stream's events in the lake: rows that another stream of the table brought (design §3, change-over).
 *
 * Twins tell the same happening, so they are counted: of three equal happenings in one second, two of them in the lake, one
 * is new.
 *
 * @param stream the one being read
 * @param others every other stream of the table
 * @param originals `event.original` of the rows in the range
 */
export async function findTwins(
  stream: Stream,
  others: readonly Stream[],
  originals: AsyncIterable<readonly { readonly text: string }[]>,
): Promise<Twins> {
  const counts = new Map<string, number>();
  for await (const rows of originals) {
    for (const { text } of rows) {
      const key = keyOf(parse(text), others);
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const claimed = new Set<string>();
  return {
    claim: (event, hash) => {
      if (claimed.has(hash)) return true;
      const key = keyOf(event, [stream]);
      const left = key === undefined ? 0 : (counts.get(key) ?? 0);
      if (key === undefined || left === 0) return false;
      counts.set(key, left - 1);
      claimed.add(hash);
      return true;
    },
  };
}

function keyOf(event: Json, streams: readonly Stream[]): string | undefined {
  if (!isJsonObject(event)) return undefined;
  for (const { twinKey } of streams) {
    const key = twinKey?.(event);
    if (key !== undefined) return key;
  }
  return undefined;
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    // Cut or foreign text is nobody's twin; the event is kept, which is the safe side.
    return null;
  }
}
