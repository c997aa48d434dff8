import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";

/** Something in Duo's events that this version does not know, and how often it came. */
export interface Drift {
  /** `field access_device.new_thing` or `value factor=quantum_push`. */
  readonly what: string;
  readonly count: number;
  /** When it was first stored, ISO 8601. */
  readonly firstAt: string;
}

// A property is rewritten with each commit; what comes after so many kinds is counted as one.
const KIND_COUNT_MAX = 100;
const OTHERS = "others";

/**
 * Adds counts to the text of the lane's property; pure.
 *
 * @param counts what was found in the rows of one commit
 * @param at when, ISO 8601
 */
export function addDrift(text: string | undefined, counts: ReadonlyMap<string, number>, at: string): string {
  const all = new Map(readDrift(text).map((drift) => [drift.what, drift]));
  for (const [what, count] of counts) {
    const key = all.has(what) || all.size < KIND_COUNT_MAX ? what : OTHERS;
    const before = all.get(key);
    all.set(key, { what: key, count: (before?.count ?? 0) + count, firstAt: before?.firstAt ?? at });
  }
  return stringifyJson(
    Object.fromEntries(
      [...all.values()].map(({ what, count, firstAt }) => [what, { count, first: firstAt }]),
    ),
  );
}

/** Reads the property; what cannot be read is left out, for drift is a notice and never a cursor. */
export function readDrift(text: string | undefined): Drift[] {
  let value: Json;
  try {
    value = parseJson(text ?? "{}");
  } catch {
    return [];
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([what, entry]) => {
    if (!isJsonObject(entry)) return [];
    const { count, first } = entry;
    return typeof count === "number" && typeof first === "string" ? [{ what, count, firstAt: first }] : [];
  });
}

/** Sums what several lanes found; the most frequent first. */
export function sumDrift(texts: readonly string[]): Drift[] {
  const all = new Map<string, Drift>();
  for (const drift of texts.flatMap(readDrift)) {
    const before = all.get(drift.what);
    const count = (before?.count ?? 0) + drift.count;
    const firstAt = before !== undefined && before.firstAt < drift.firstAt ? before.firstAt : drift.firstAt;
    all.set(drift.what, { what: drift.what, count, firstAt });
  }
  return [...all.values()].sort((a, b) => b.count - a.count);
}
