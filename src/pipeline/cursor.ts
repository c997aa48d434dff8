import { DuolakeError } from "../core/errors.ts";
import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";

/** What the property of every cursor begins with; `laneOf` has the whole key. */
export const CURSOR_PREFIX = "duolake.cursor";

const VERSION = 1;

/** Everything needed to go on with a stream. Times are ms since 1970. */
export interface Cursor {
  /** The stream that feeds the table. */
  readonly stream: string;
  /** Live pulls never read below it; older events are the backfill's. */
  readonly startMs: number;
  /** Up to this time the stream was drained. */
  readonly watermarkMs: number;
  /** Names the commit, so that a cursor is never equal to another one by chance (invariant P2). */
  readonly commit: string;
  /** For a gauge: the last stored value and when it was stored. */
  readonly gauge?: { readonly digest: string; readonly atMs: number };
  /** Another stream fed the table until then: what lies before may be in the lake under that stream's identities. */
  readonly changedOverMs?: number;
  /** When the last day and the last week were read again for what Duo delivered late. */
  readonly dayRereadMs?: number;
  readonly weekRereadMs?: number;
  /** A re-read that was cut and is still due. */
  readonly rereading?: CutReread | undefined;
}

/** What is left of a re-read that was cut: from `reachedMs` to `toMs`, ms since 1970; and what its end is to note. */
export interface CutReread {
  readonly reachedMs: number;
  readonly toMs: number;
  readonly dayRereadMs: number;
  readonly weekRereadMs?: number;
}

/** Writes the cursor as the text of the table property. */
export function encodeCursor(cursor: Cursor): string {
  const { stream, startMs, watermarkMs, commit, gauge } = cursor;
  const { changedOverMs, dayRereadMs, weekRereadMs, rereading } = cursor;
  return stringifyJson({
    version: VERSION,
    stream,
    start: iso(startMs),
    watermark: iso(watermarkMs),
    commit,
    ...(gauge === undefined ? {} : { gauge: { digest: gauge.digest, at: iso(gauge.atMs) } }),
    ...(changedOverMs === undefined ? {} : { changed_over: iso(changedOverMs) }),
    ...(dayRereadMs === undefined ? {} : { day_reread: iso(dayRereadMs) }),
    ...(weekRereadMs === undefined ? {} : { week_reread: iso(weekRereadMs) }),
    ...(rereading === undefined ? {} : { rereading: cutText(rereading) }),
  });
}

function cutText({ reachedMs, toMs, dayRereadMs, weekRereadMs }: CutReread): Json {
  return {
    reached: iso(reachedMs),
    to: iso(toMs),
    day_reread: iso(dayRereadMs),
    ...(weekRereadMs === undefined ? {} : { week_reread: iso(weekRereadMs) }),
  };
}

/** What cannot be read is done again from its beginning. */
function readCut(value: Json | undefined): CutReread | undefined {
  if (!isJsonObject(value)) return undefined;
  const [reachedMs, toMs] = [instant(value["reached"]), instant(value["to"])];
  const [dayRereadMs, weekRereadMs] = [instant(value["day_reread"]), instant(value["week_reread"])];
  if (reachedMs === undefined || toMs === undefined || dayRereadMs === undefined) return undefined;
  return { reachedMs, toMs, dayRereadMs, ...(weekRereadMs !== undefined && { weekRereadMs }) };
}

/**
 * Reads the table property.
 *
 * @param text its value; undefined where the table has none
 * @param table named in the error
 * @throws cursor_unsupported where the table has no cursor, a damaged one, or one of another version of this program:
 *   guessing would lose or repeat events
 */
export function decodeCursor(text: string | undefined, table: string): Cursor {
  const value = parse(text);
  if (!isJsonObject(value)) throw unsupported(table, "it is missing or damaged", text);
  if (value["version"] !== VERSION) {
    throw unsupported(
      table,
      `this program reads version ${VERSION}; use the version that wrote it, or a newer one`,
      text,
    );
  }
  const startMs = instant(value["start"]);
  const watermarkMs = instant(value["watermark"]);
  const { stream, commit, gauge } = value;
  if (
    startMs === undefined ||
    watermarkMs === undefined ||
    typeof stream !== "string" ||
    typeof commit !== "string"
  ) {
    throw unsupported(table, "it is damaged", text);
  }
  const gaugeAtMs = isJsonObject(gauge) ? instant(gauge["at"]) : undefined;
  const digest = isJsonObject(gauge) ? gauge["digest"] : undefined;
  const changedOverMs = instant(value["changed_over"]);
  const dayRereadMs = instant(value["day_reread"]);
  const weekRereadMs = instant(value["week_reread"]);
  const rereading = readCut(value["rereading"]);
  return {
    stream,
    startMs,
    watermarkMs,
    commit,
    ...(typeof digest === "string" && gaugeAtMs !== undefined ? { gauge: { digest, atMs: gaugeAtMs } } : {}),
    ...(changedOverMs !== undefined && { changedOverMs }),
    ...(dayRereadMs !== undefined && { dayRereadMs }),
    ...(weekRereadMs !== undefined && { weekRereadMs }),
    ...(rereading !== undefined && { rereading }),
  };
}

function parse(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}

function instant(value: Json | undefined): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function unsupported(table: string, reason: string, text: string | undefined): DuolakeError {
  return new DuolakeError(
    "cursor_unsupported",
    `Cannot go on with table ${table}: the cursor in its property ${CURSOR_PREFIX} cannot be used: ${reason}, got ${text ?? "none"}`,
  );
}
