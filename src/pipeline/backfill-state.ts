import { DuolakeError } from "../core/errors.ts";
import type { LearnedLimit } from "../duo/endpoint-limits.ts";
import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";
import { addRange, type Range } from "./ranges.ts";

const VERSION = 1;

/** What the backfill of a table has done, kept in the lake beside the rows it brought (invariant P1). */
export interface BackfillState {
  /** The oldest time that was ever asked for, ms since 1970. */
  readonly sinceMs: number;
  /** The stretches that are complete; sorted and disjoint. */
  readonly done: readonly Range[];
  /** Names the commit, so that one state is never equal to another by chance (invariant P2). */
  readonly commit: string;
  /** What Duo allowed when it was committed, so that the next program need not find it out again. */
  readonly limit?: RememberedLimit | undefined;
}

/** The limit of one endpoint. */
export interface RememberedLimit extends LearnedLimit {
  /** The path asked for. */
  readonly endpoint: string;
}

/** Writes the state as the text of the table property. */
export function encodeBackfillState({ sinceMs, done, commit, limit }: BackfillState): string {
  return stringifyJson({
    version: VERSION,
    since: iso(sinceMs),
    done: done.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
    commit,
    ...(limit === undefined ? {} : { limit: limitText(limit) }),
  });
}

function limitText({ endpoint, requestsPerMinute, atMs }: RememberedLimit): Json {
  return { endpoint, requests_per_minute: requestsPerMinute, at: iso(atMs) };
}

/** What cannot be read is found out again. */
function readLimit(value: Json | undefined): RememberedLimit | undefined {
  if (!isJsonObject(value)) return undefined;
  const { endpoint, requests_per_minute: requestsPerMinute } = value;
  const atMs = instant(value["at"]);
  const isCount = typeof requestsPerMinute === "number" && Number.isInteger(requestsPerMinute);
  if (typeof endpoint !== "string" || !isCount || requestsPerMinute < 1 || Number.isNaN(atMs))
    return undefined;
  return { endpoint, requestsPerMinute, atMs };
}

/**
 * Reads the table property.
 *
 * @param text its value; undefined where no backfill was begun
 * @param table named in the error
 * @returns undefined where no backfill was begun
 * @throws cursor_unsupported where it is damaged or of another version of this program
 */
export function decodeBackfillState(text: string | undefined, table: string): BackfillState | undefined {
  if (text === undefined) return undefined;
  const value = parse(text);
  const sinceMs = isJsonObject(value) ? instant(value["since"]) : Number.NaN;
  const done = isJsonObject(value) ? ranges(value["done"]) : undefined;
  const commit = isJsonObject(value) && value["version"] === VERSION ? value["commit"] : undefined;
  if (Number.isNaN(sinceMs) || done === undefined || typeof commit !== "string") {
    throw new DuolakeError(
      "cursor_unsupported",
      `Cannot go on with the backfill of table ${table}: its property cannot be used; use the version that wrote it, or a newer one, got ${text}`,
    );
  }
  return { sinceMs, done, commit, limit: isJsonObject(value) ? readLimit(value["limit"]) : undefined };
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function ranges(value: Json | undefined): Range[] | undefined {
  if (!Array.isArray(value)) return undefined;
  let all: Range[] = [];
  for (const item of value as readonly Json[]) {
    const range = isJsonObject(item)
      ? { fromMs: instant(item["from"]), toMs: instant(item["to"]) }
      : undefined;
    if (range === undefined || Number.isNaN(range.fromMs + range.toMs)) return undefined;
    all = addRange(all, range);
  }
  return all;
}

function instant(value: Json | undefined): number {
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
