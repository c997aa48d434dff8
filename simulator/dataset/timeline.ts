import type { RawEvent } from "../streams.ts";
import type { EventChange } from "./event-versions.ts";
import { HOUR_MS } from "./time.ts";

/** An event in its place: `ms` and `id` order it and make its cursor. */
export interface LogRow {
  /** Milliseconds since 1970, the fraction cut off. */
  readonly ms: number;
  readonly id: string;
  /** Injected events may be anything, also things that are no event. */
  readonly event: RawEvent;
  /** When an injected or a late row becomes visible; other rows follow the rules of the endpoint. */
  readonly visibleAtMs?: number;
  /** How a generated event changes after it appeared. */
  readonly changes?: readonly EventChange[];
}

/** A place between rows: the last row that was read. */
export type Place = Pick<LogRow, "ms" | "id">;

/** Which rows to read: both ends belong to the range. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  /** The instant as of which rows are visible, by default now; what was injected since is still there. */
  readonly asOfMs?: number;
}

/** The part of a range that lies in one hour. */
export interface HourSlice extends Range {
  readonly hour: number;
  /** True when the whole hour is inside and has nothing but generated rows, all visible: it will always read the same. */
  readonly fixed: boolean;
}

/** The rows of one endpoint in order of time, made hour by hour when they are asked for. */
export interface Timeline {
  /** Visible rows in order of (ms, id), beginning after a row if one is given. */
  readonly ascending: (range: Range, after?: Place) => Generator<LogRow>;
  /** The same rows in the opposite order. */
  readonly descending: (range: Range, after?: Place) => Generator<LogRow>;
  /** How many visible rows there are; hours that lie wholly inside are counted without making their rows. */
  readonly count: (range: Range) => number;
  /** The range hour by hour, oldest first, for callers that remember what they found in an hour. */
  readonly slices: (range: Range) => Generator<HourSlice>;
  readonly inject: (rows: readonly LogRow[]) => void;
}

/** What a timeline is made from. */
export interface TimelineSource {
  /** The rows of an hour in any order; the same rows at every call. */
  readonly rowsOfHour: (hour: number) => readonly LogRow[];
  readonly countInHour: (hour: number) => number;
  /** No generated row is older. */
  readonly startMs: number;
  readonly nowMs: () => number;
  readonly visibleAtMs: (row: LogRow) => number;
  /** True when every generated row of the hour is visible by now. */
  readonly isSettled: (hour: number) => boolean;
  /** The row as it is at an instant, where events change after they appeared. */
  readonly rowAt?: (row: LogRow, atMs: number) => LogRow;
}

const CACHED_ROW_COUNT_MAX = 60_000;

/** Makes a timeline. */
export function createTimeline(source: TimelineSource): Timeline {
  const injected = new Map<number, LogRow[]>();
  const hourOfRows = cached(source, injected);
  const counts = new Map<number, number>();
  const generatedCount = (hour: number): number => {
    const known = counts.get(hour) ?? source.countInHour(hour);
    counts.set(hour, known);
    return known;
  };

  const ends = (range: Range): Range => {
    const hours = [...injected.keys()];
    const first = Math.min(source.startMs, ...hours.map((hour) => hour * HOUR_MS));
    const last = Math.max(source.nowMs(), ...hours.map((hour) => (hour + 1) * HOUR_MS));
    return { ...range, fromMs: Math.max(range.fromMs, first), toMs: Math.min(range.toMs, last) };
  };
  const asOf = ({ asOfMs }: Range): number => asOfMs ?? source.nowMs();
  const readable = (row: LogRow, range: Range): boolean =>
    row.ms >= range.fromMs && row.ms <= range.toMs && source.visibleAtMs(row) <= asOf(range);
  const present = (row: LogRow, range: Range): LogRow => source.rowAt?.(row, asOf(range)) ?? row;

  const slices = (range: Range): Generator<HourSlice> =>
    slicesOf(
      ends(range),
      (hour) => range.asOfMs === undefined && !injected.has(hour) && source.isSettled(hour),
    );

  return {
    *ascending(range, after) {
      const { fromMs, toMs } = ends({ ...range, fromMs: Math.max(range.fromMs, after?.ms ?? range.fromMs) });
      for (let hour = hourOf(fromMs); hour <= hourOf(toMs); hour += 1) {
        for (const row of hourOfRows(hour)) {
          if (readable(row, range) && (!after || compare(row, after) > 0)) yield present(row, range);
        }
      }
    },
    *descending(range, after) {
      const { fromMs, toMs } = ends({ ...range, toMs: Math.min(range.toMs, after?.ms ?? range.toMs) });
      for (let hour = hourOf(toMs); hour >= hourOf(fromMs); hour -= 1) {
        for (const row of hourOfRows(hour).toReversed()) {
          if (readable(row, range) && (!after || compare(row, after) < 0)) yield present(row, range);
        }
      }
    },
    count(range) {
      let count = 0;
      for (const slice of slices(range)) {
        count += slice.fixed
          ? generatedCount(slice.hour)
          : hourOfRows(slice.hour).filter((row) => readable(row, range)).length;
      }
      return count;
    },
    slices,
    inject(rows) {
      for (const row of rows) {
        const hour = hourOf(row.ms);
        injected.set(hour, [...(injected.get(hour) ?? []), row]);
      }
      hourOfRows.forget(new Set(rows.map((row) => hourOf(row.ms))));
    },
  };
}

function* slicesOf(range: Range, isSettled: (hour: number) => boolean): Generator<HourSlice> {
  const { fromMs, toMs } = range;
  for (let hour = hourOf(fromMs); hour <= hourOf(toMs); hour += 1) {
    const startMs = hour * HOUR_MS;
    const endMs = startMs + HOUR_MS - 1;
    const fixed = startMs >= fromMs && endMs <= toMs && isSettled(hour);
    yield { ...range, hour, fixed, fromMs: Math.max(fromMs, startMs), toMs: Math.min(toMs, endMs) };
  }
}

/** Orders rows as the endpoints do: by millisecond, then by id. */
export function compare(a: Place, b: Place): number {
  if (a.ms !== b.ms) return a.ms - b.ms;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

type HourReader = ((hour: number) => readonly LogRow[]) & {
  readonly forget: (hours: ReadonlySet<number>) => void;
};

/** Reads hours through a cache that drops the hours read longest ago, so that a long history stays small in memory. */
function cached(source: TimelineSource, injected: ReadonlyMap<number, readonly LogRow[]>): HourReader {
  const cache = new Map<number, readonly LogRow[]>();
  let rowCount = 0;
  const drop = (hour: number): void => {
    rowCount -= cache.get(hour)?.length ?? 0;
    cache.delete(hour);
  };
  const read = (hour: number): readonly LogRow[] => {
    let rows = cache.get(hour);
    if (rows) {
      cache.delete(hour);
    } else {
      const generated = hour < hourOf(source.startMs) ? [] : source.rowsOfHour(hour);
      rows = [...generated, ...(injected.get(hour) ?? [])].sort(compare);
      rowCount += rows.length;
    }
    cache.set(hour, rows);
    for (const oldest of cache.keys()) {
      if (rowCount <= CACHED_ROW_COUNT_MAX || oldest === hour) break;
      drop(oldest);
    }
    return rows;
  };
  return Object.assign(read, {
    forget: (hours: ReadonlySet<number>) => {
      for (const hour of hours) drop(hour);
    },
  });
}
