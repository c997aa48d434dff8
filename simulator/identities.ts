import type { Range, Timeline } from "./dataset/timeline.ts";
import { streamNamed, type RawEvent, type StreamName } from "./streams.ts";

/** Reads the identities of a log's visible rows, oldest first. */
export type IdentityReader = (stream: StreamName, timeline: Timeline, range: Range) => Generator<string>;

/**
 * Makes a reader that remembers the identities of hours whose rows cannot change any more: a comparison of
 * 100,000 events then costs making those that are new since the last one, not all of them. 100 bytes an event.
 */
export function createIdentityReader(): IdentityReader {
  const known = new WeakMap<Timeline, Map<number, readonly string[]>>();
  return function* identities(stream, timeline, range) {
    const hours = known.get(timeline) ?? new Map<number, readonly string[]>();
    known.set(timeline, hours);
    for (const slice of timeline.slices(range)) {
      let found = slice.fixed ? hours.get(slice.hour) : undefined;
      found ??= [...timeline.ascending(slice)].map(({ event }) => identityOf(stream, event));
      if (slice.fixed) hours.set(slice.hour, found);
      yield* found;
    }
  };
}

/** What makes two events of a stream the same: its ids, or for a v1 log its canonical JSON. */
export function identityOf(stream: StreamName, event: RawEvent | null): string {
  const ids = streamNamed(stream).idKeys.map((key) => event?.[key]);
  if (ids.length > 0 && ids.every((id) => typeof id === "string")) return ids.join("|");
  return canonicalJson(event);
}

/** JSON with the keys of every object sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
