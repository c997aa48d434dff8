import type { JsonObject } from "../core/json.ts";
import type { BackfillState } from "../pipeline/backfill-state.ts";
import type { Cursor } from "../pipeline/cursor.ts";
import { lengthMs, openRanges } from "../pipeline/ranges.ts";
import { RETENTION_MS } from "../pipeline/window.ts";

/** How far the backfill of a table is. */
export interface BackfillStatus {
  /** `none`: not begun; `running`: begun and not complete, whether somebody is at it now or not; `done`. */
  readonly state: "none" | "running" | "done";
  /** The oldest time that was asked for and that Duo still keeps, ms since 1970. */
  readonly sinceMs: number;
  /** From when on everything is there, ms since 1970. */
  readonly reachedMs: number;
  /** 0 to 100, with one decimal; 100 only at the end. */
  readonly percent: number;
  /** The pace, where somebody is at it now. */
  readonly eventsPerSecond: number | undefined;
  readonly etaSeconds: number | undefined;
}

/** A backfill under way leaves a note every few seconds. */
const NOTE_AGE_MS_MAX = 60_000;

/**
 * Joins what the lake says of a backfill with the pace that the journal notes; pure.
 *
 * @param cursor the live cursor: the table begins there
 * @param found the backfill's state in the lake, and the note of whoever is at it
 * @param options the present, ms since 1970, and `pull.backfill`, ms
 * @returns undefined where none was begun and none is wanted
 */
export function backfillStatus(
  cursor: Pick<Cursor, "startMs">,
  found: { readonly state: BackfillState | undefined; readonly note: JsonObject | undefined },
  options: { readonly nowMs: number; readonly backfillMs: number },
): BackfillStatus | undefined {
  const { state, note } = found;
  const { nowMs, backfillMs } = options;
  const pace = readPace(note, nowMs);
  if (state === undefined && pace === undefined && backfillMs === 0) return undefined;
  const wantedFromMs = state?.sinceMs ?? nowMs - backfillMs;
  const sinceMs = Math.ceil(Math.max(wantedFromMs, nowMs - RETENTION_MS) / 1000) * 1000;
  const wanted = { fromMs: sinceMs, toMs: Math.floor(cursor.startMs / 1000) * 1000 };
  const open = openRanges(wanted, state?.done ?? []);
  const wantedMs = Math.max(0, wanted.toMs - wanted.fromMs);
  const isDone = open.length === 0;
  const isBegun = state !== undefined || pace !== undefined;
  const share = pace?.share ?? (wantedMs === 0 ? 1 : 1 - lengthMs(open) / wantedMs);
  return {
    state: isDone ? "done" : isBegun ? "running" : "none",
    sinceMs,
    reachedMs: open.at(-1)?.toMs ?? sinceMs,
    percent: isDone ? 100 : Math.min(Math.floor(share * 1000) / 10, 99.9),
    eventsPerSecond: isDone ? undefined : pace?.eventsPerSecond,
    etaSeconds: isDone ? undefined : pace?.etaSeconds,
  };
}

interface Pace {
  readonly share: number | undefined;
  readonly eventsPerSecond: number | undefined;
  readonly etaSeconds: number | undefined;
}

function readPace(note: JsonObject | undefined, nowMs: number): Pace | undefined {
  const at = note?.["at"];
  if (note === undefined || typeof at !== "string") return undefined;
  const count = (name: string): number | undefined => {
    const value = note[name];
    return typeof value === "number" ? value : undefined;
  };
  const [wanted, left] = [count("wanted_seconds"), count("left_seconds")];
  // The last note of a backfill that ended says that nothing is left: nobody is at it any more.
  if (left === 0 || !(Math.abs(nowMs - Date.parse(at)) <= NOTE_AGE_MS_MAX)) return undefined;
  return {
    share: wanted === undefined || left === undefined || wanted === 0 ? undefined : 1 - left / wanted,
    eventsPerSecond: count("events_per_second"),
    etaSeconds: count("eta_seconds"),
  };
}
