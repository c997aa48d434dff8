import { DuolakeError } from "../core/errors.ts";
import { isJsonObject, type Json } from "../core/json.ts";
import type { DuoClient } from "./client.ts";
import type { Gap, Page, Window } from "./page.ts";
import type { Stream } from "./tables/table.ts";

const FUTURE_S_MAX = 3600;

/**
 * Reads a v1 log: the earliest rows from `mintime` (seconds, included) on, about 1,000 a page, no cursor, no end.
 *
 * The next page starts at the last second seen, not behind it, because a page may end in the middle of a second; the caller
 * knows rows again by identity. A full page that shows one second only can never be passed that way: what lies behind it in
 * that second is out of reach, so the second is recorded as a gap and the next one is asked for. A page may have somewhat
 * more or fewer rows than 1,000, so one that is at least half full is followed too; where such a page shows one second only,
 * rows in a later one prove that it was cut off.
 */
export async function* listPages(
  client: DuoClient,
  stream: Stream,
  window: Window,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  // A row from the future is damaged; following its time would skip everything before it. Behind a closed window that is past
  // there is no future yet, but rows that prove its end.
  const presentMs = window.isClosed === true ? client.serverClock.nowMs() : window.toMs;
  const latestS = Math.max(window.toMs, presentMs) / 1000 + FUTURE_S_MAX;
  let fromS = Math.max(0, Math.floor(window.fromMs / 1000));
  let doubt: Gap | undefined;
  for (;;) {
    const answer = await client.get(stream.path, [["mintime", String(fromS)]], {
      permission: stream.permission,
      signal,
    });
    const rows = readRows(answer.response, stream);
    const newestS = newestSecond(rows, latestS);
    const isBehindEnd = window.isClosed === true && newestS * 1000 > window.toMs;
    const events = rows.filter((row) => isWanted(row, { window, presentMs: client.serverClock.nowMs() }));
    const next = isBehindEnd ? undefined : nextPage({ rowCount: rows.length, newestS, fromS, stream });
    const isLast = next === undefined;
    const gaps = [newestS < fromS ? undefined : doubt, next?.gap].filter((gap) => gap !== undefined);
    doubt = next?.doubt;
    yield {
      events,
      fetchedAtMs: answer.fetchedAtMs,
      readThroughMs: isLast ? window.toMs : next.fromS * 1000,
      isLast,
      countsAnew: true,
      gaps,
    };
    if (isLast) return;
    fromS = next.fromS;
  }
}

/**
 * A row whose time cannot be read is kept: nobody can say that it is another reader's. So is one from the future, which no later
 * window would show. But where the present lies long behind the window, for the clock was wrong when that was chosen, the rows in
 * between are left to a window of theirs: the watermark would not tell that they were read.
 */
function isWanted(
  row: Json,
  { window, presentMs }: { readonly window: Window; readonly presentMs: number },
): boolean {
  const second = eventSecond(row) ?? 0;
  if (window.isClosed === true) return second * 1000 <= window.toMs;
  return second <= window.toMs / 1000 + FUTURE_S_MAX || second > presentMs / 1000 + FUTURE_S_MAX;
}

interface NextPage {
  readonly fromS: number;
  /** The page ends in a second whose other rows are out of reach. */
  readonly gap?: Gap;
  /** A gap if there is any row behind the page. */
  readonly doubt?: Gap;
}

/** Where the next page starts, or undefined at the end of the log; pure. */
function nextPage(page: {
  readonly rowCount: number;
  readonly newestS: number;
  readonly fromS: number;
  readonly stream: Stream;
}): NextPage | undefined {
  const { rowCount, newestS, fromS, stream } = page;
  const isFull = rowCount >= stream.pageRowCountMax;
  if (rowCount < stream.pageRowCountMax / 2) return undefined;
  if (newestS > fromS) return { fromS: newestS };
  if (newestS < fromS) {
    if (isFull) throw ignored(stream, fromS);
    return undefined;
  }
  const gap = { fromMs: fromS * 1000, toMs: (fromS + 1) * 1000, reason: "saturated_second" } as const;
  return { fromS: fromS + 1, ...(isFull ? { gap } : { doubt: gap }) };
}

/** The second of the newest row that is not from the future; -1 where no time can be read. */
function newestSecond(events: readonly Json[], latestS: number): number {
  let newestS = -1;
  for (const event of events) {
    const second = eventSecond(event) ?? -1;
    if (second <= latestS && second > newestS) newestS = second;
  }
  return newestS;
}

function ignored(stream: Stream, fromS: number): DuolakeError {
  return new DuolakeError(
    "duo_response_invalid",
    `Cannot read on in ${stream.path}: a full page has no row at or after mintime, got mintime ${fromS}`,
    { retryable: true },
  );
}

/** The second that Duo sorts a v1 row by: `timestamp`, a number or its text. */
function eventSecond(event: Json): number | undefined {
  if (!isJsonObject(event)) return undefined;
  const value = event["timestamp"];
  const second = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  return typeof second === "number" ? Math.floor(second) : undefined;
}

function readRows(response: Json, stream: Stream): readonly Json[] {
  if (Array.isArray(response)) return response as readonly Json[];
  throw new DuolakeError(
    "duo_response_invalid",
    `Cannot read a page of ${stream.path}: response must be an array, got ${response === null ? "null" : typeof response}`,
    { retryable: true },
  );
}
