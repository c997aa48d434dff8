import { DuolakeError } from "../core/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import type { DuoClient } from "./client.ts";
import type { Page, Window } from "./page.ts";
import type { Params } from "./sign.ts";
import type { Stream } from "./tables/table.ts";

/** No window of 180 days has as many; a server that hands out ever new cursors must not hold a pull for ever. */
const PAGE_COUNT_MAX = 1_000_000;

/**
 * Reads a v2 log or Trust Monitor, following the cursor.
 *
 * A cursor comes with the last rows as well, so its presence says nothing: the end is an empty page, an absent cursor, or a
 * short page once as many rows were seen as the window holds. A short page alone is not believed, for a row behind it
 * would be lost. A cursor that repeats on a full page is an error: following it would never end, stopping would lose rows.
 * `sort=ts:asc` is always sent because newest first is the default (Duo Admin API, "Authentication Logs").
 */
export async function* cursorPages(
  client: DuoClient,
  stream: Stream,
  window: Window,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  let cursor: string | undefined;
  let rowCount = 0;
  let readThroughMs: number | undefined;
  let isAscending = true;
  for (let pageCount = 1; ; pageCount += 1) {
    if (pageCount > PAGE_COUNT_MAX) throw stuck(stream, cursor);
    const params = pageParams(stream, window, cursor);
    const answer = await client.get(stream.path, params, { permission: stream.permission, signal });
    const { events, nextCursor, totalCount } = readPage(answer.response, stream);
    rowCount += events.length;
    const isFull = events.length >= stream.pageRowCountMax;
    const repeats = nextCursor !== undefined && nextCursor === cursor;
    if (repeats && isFull) throw stuck(stream, cursor);
    const isLast =
      events.length === 0 ||
      nextCursor === undefined ||
      repeats ||
      (!isFull && totalCount !== undefined && rowCount >= totalCount);
    // Fewer rows than the window holds: the end came too early, so only what was seen counts as read.
    const isComplete = totalCount === undefined || rowCount >= totalCount;
    const cursorMs = nextCursor === undefined ? undefined : cursorTimeMs(stream, nextCursor);
    // A page that goes back in time proves that the order cannot be relied upon; then only the end counts.
    if (cursorMs !== undefined && readThroughMs !== undefined && cursorMs < readThroughMs)
      isAscending = false;
    if (cursorMs !== undefined && isAscending) readThroughMs = cursorMs;
    yield {
      events,
      fetchedAtMs: answer.fetchedAtMs,
      readThroughMs: isLast && isComplete ? window.toMs : isAscending ? readThroughMs : undefined,
      isLast,
      countsAnew: false,
      gaps: [],
    };
    if (isLast) return;
    cursor = nextCursor;
  }
}

function pageParams(stream: Stream, window: Window, cursor: string | undefined): Params {
  const params: [string, string][] = [
    ["mintime", String(Math.floor(window.fromMs))],
    ["maxtime", String(Math.floor(window.toMs))],
    ["limit", String(stream.pageRowCountMax)],
  ];
  if (stream.paging === "cursor") params.push(["sort", "ts:asc"]);
  // Trust Monitor calls the same thing `next_offset` in the answer and `offset` in the request.
  if (cursor !== undefined) params.push([stream.paging === "cursor" ? "next_offset" : "offset", cursor]);
  return params;
}

interface PageContent {
  readonly events: readonly Json[];
  readonly nextCursor: string | undefined;
  readonly totalCount: number | undefined;
}

function readPage(response: Json, stream: Stream): PageContent {
  const events = isJsonObject(response) ? response[stream.itemsKey ?? ""] : undefined;
  if (!isJsonObject(response) || !Array.isArray(events)) {
    const expected = `response.${stream.itemsKey}`;
    throw new DuolakeError(
      "duo_response_invalid",
      `Cannot read a page of ${stream.path}: ${expected} must be an array, got ${events === null ? "null" : typeof events}`,
      { retryable: true },
    );
  }
  const metadata = isJsonObject(response["metadata"]) ? response["metadata"] : {};
  return {
    events: events as readonly Json[],
    nextCursor: readCursor(metadata["next_offset"]),
    totalCount: readTotal(metadata),
  };
}

/** Authentication hands out `[ms, txid]`, the others one text; both go back joined with a comma. */
function readCursor(value: Json | undefined): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String).join(",");
  return typeof value === "object" ? undefined : String(value);
}

/** `total_objects` is a number or `{relation, value}`; a value that is only a lower bound is no total. */
export function readTotal(metadata: JsonObject): number | undefined {
  const total = metadata["total_objects"];
  if (typeof total === "number") return total;
  if (!isJsonObject(total) || typeof total["value"] !== "number") return undefined;
  return total["relation"] === "eq" ? total["value"] : undefined;
}

/** A v2 cursor starts with the milliseconds of the page's last row; Trust Monitor's is opaque. */
function cursorTimeMs(stream: Stream, cursor: string): number | undefined {
  const match = stream.paging === "cursor" ? /^(\d{13}),/.exec(cursor) : null;
  return match === null ? undefined : Number(match[1]);
}

function stuck(stream: Stream, cursor: string | undefined): DuolakeError {
  return new DuolakeError(
    "duo_response_invalid",
    `Cannot read on in ${stream.path}: a full page came with the cursor that asked for it, got ${JSON.stringify(cursor)}`,
    { retryable: true },
  );
}
