import type { RawEvent } from "../streams.ts";
import type { LogRow } from "./timeline.ts";

/** A change of an event after it appeared: the members of `patch` take new values. */
export interface EventChange {
  readonly atMs: number;
  readonly patch: RawEvent;
}

/** One state of an event that changes. */
export interface EventVersion {
  readonly event: RawEvent;
  /** From when on the endpoint has this version, milliseconds since 1970. */
  readonly fromMs: number;
  /** When the version first went out in an answer that was not cut; null when it never did. */
  readonly firstServedAtMs: number | null;
}

/** The versions of an endpoint's events. */
export interface EventVersions {
  /** The row as the endpoint has it at an instant. */
  readonly rowAt: (row: LogRow, atMs: number) => LogRow;
  /** Changes an event on top of the changes that its row was generated with. */
  readonly change: (id: string, change: EventChange) => void;
  /** Notes that rows, as `rowAt` gave them, were handed out. */
  readonly noteServed: (rows: readonly LogRow[], atMs: number) => void;
  /** The versions of a row up to an instant, oldest first; equal neighbours are one version. */
  readonly versionsOf: (row: LogRow, untilMs: number) => EventVersion[];
}

/** Makes a book without changes. `visibleAtMs` says when a row appears; what changed before that nobody ever sees. */
export function createEventVersions(visibleAtMs: (row: LogRow) => number): EventVersions {
  const injected = new Map<string, EventChange[]>();
  const servedAtMs = new Map<string, number>();
  // A row that was read holds the event as it was then.
  const originals = new WeakMap<LogRow, LogRow>();

  const steps = (read: LogRow, untilMs: number): { readonly event: RawEvent; readonly fromMs: number }[] => {
    const row = originals.get(read) ?? read;
    const changes = [...(row.changes ?? []), ...(injected.get(row.id) ?? [])]
      .filter(({ atMs }) => atMs <= untilMs)
      .toSorted((a, b) => a.atMs - b.atMs);
    const firstMs = visibleAtMs(row);
    const found = [{ event: row.event, fromMs: firstMs }];
    for (const { atMs, patch } of changes) {
      const before = found.at(-1)?.event;
      const event = { ...before, ...patch };
      if (JSON.stringify(event) === JSON.stringify(before)) continue;
      if (atMs <= firstMs) found.pop();
      found.push({ event, fromMs: Math.max(atMs, firstMs) });
    }
    return found;
  };
  // By content: an event that changes back is the same version to whoever reads it.
  const keyOf = (id: string, event: RawEvent): string => `${id} ${JSON.stringify(event)}`;

  return {
    rowAt: (row, atMs) => {
      if (!row.changes && !injected.has(row.id)) return row;
      const present = { ...row, event: steps(row, atMs).at(-1)?.event ?? row.event };
      originals.set(present, originals.get(row) ?? row);
      return present;
    },
    change: (id, change) => {
      injected.set(id, [...(injected.get(id) ?? []), change]);
    },
    noteServed: (rows, atMs) => {
      for (const { id, event } of rows) {
        const key = keyOf(id, event);
        if (!servedAtMs.has(key)) servedAtMs.set(key, atMs);
      }
    },
    versionsOf: (row, untilMs) =>
      steps(row, untilMs).map((step) => ({
        ...step,
        firstServedAtMs: servedAtMs.get(keyOf(row.id, step.event)) ?? null,
      })),
  };
}
