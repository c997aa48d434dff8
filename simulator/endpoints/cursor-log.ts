import type { LogRow, Place, Range } from "../dataset/timeline.ts";
import { Refusal } from "../refusal.ts";
import { okReply } from "../reply.ts";
import { paramValues } from "../request.ts";
import type { StreamSpec } from "../streams.ts";
import { retainedFromMs, type Call, type Endpoint } from "./endpoint.ts";
import { filterOf, type Filter } from "./filter.ts";
import { limitOf, windowMs } from "./window.ts";

/**
 * A v2 log: newest rows first unless `sort=ts:asc`; the cursor names the last row of a page and comes with every
 * page that has rows, also the last.
 */
export function cursorLog(stream: StreamSpec): Endpoint {
  const pair = stream.name === "authentication_v2";
  return (call) => {
    const window = windowMs(call);
    const limit = limitOf(call, { standard: 100, max: 1000 });
    const ascending = sortOf(call) === "ts:asc";
    const sent = sentCursor(call, pair);
    const filter = pair ? filterOf(call.request) : undefined;
    const rows = rowsAfter(call, stream, { window, limit, ascending, after: sent?.place, filter });
    const cursorAfter = (row: LogRow): unknown => (pair ? [String(row.ms), row.id] : `${row.ms},${row.id}`);
    const last = rows.at(-1);
    const before = sent?.place ?? { ms: window.toMs, id: "00000000-0000-4000-8000-000000000000" };
    const page = call.spoil(
      { rows, next: last ? cursorAfter(last) : null },
      { sent: sent?.text, cursorAfter, cursorBefore: () => cursorAfter({ ...before, event: {} }) },
    );
    const total = totalOf(call, stream, { window, filter });
    const response = {
      [stream.itemsKey]: page.rows.map((row) => row.event),
      metadata: { next_offset: page.next, total_objects: totalObjects(call, total, pair) },
    };
    return okReply(response, page.rows.length);
  };
}

interface Query {
  readonly window: Range;
  readonly limit: number;
  readonly ascending: boolean;
  readonly after: Place | undefined;
  readonly filter: Filter | undefined;
}

/** Reading forward, a cursor stands for `mintime`: collectors keep one for days and send any `mintime` with it. */
function rowsAfter(call: Call, stream: StreamSpec, query: Query): LogRow[] {
  const { window, limit, ascending, after, filter } = query;
  const timeline = call.account.timeline(stream.name);
  const fromMs = ascending && after ? retainedFromMs(call) : window.fromMs;
  const range = { fromMs, toMs: window.toMs };
  const rows: LogRow[] = [];
  for (const row of ascending ? timeline.ascending(range, after) : timeline.descending(range, after)) {
    if (filter && !filter(row.event)) continue;
    rows.push(row);
    if (rows.length === limit) break;
  }
  return rows;
}

/** The rows of the whole window, wherever the cursor is. */
function totalOf(
  call: Call,
  stream: StreamSpec,
  { window, filter }: Pick<Query, "window" | "filter">,
): number {
  const timeline = call.account.timeline(stream.name);
  if (!filter) return timeline.count(window);
  let count = 0;
  for (const row of timeline.ascending(window)) count += filter(row.event) ? 1 : 0;
  return count;
}

function totalObjects({ settings }: Call, value: number, pair: boolean): unknown {
  const shape = settings.totalObjects;
  const integer = shape === "integer" || (shape === "mixed" && pair);
  return integer ? value : { relation: "eq", value };
}

function sortOf(call: Call): string {
  const sort = paramValues(call.request, "sort")[0] ?? "ts:desc";
  if (sort !== "ts:asc" && sort !== "ts:desc") throw new Refusal(40002, "sort");
  return sort;
}

/** A cursor is `ms,id`; the authentication log also takes its two halves as two parameters, in either order. */
function sentCursor(call: Call, pair: boolean): { readonly text: string; readonly place: Place } | undefined {
  const values = paramValues(call.request, "next_offset");
  if (values.length === 0) return undefined;
  const isMs = (value: string | undefined): boolean => /^\d{13}$/.test(value ?? "");
  const halves =
    values.length === 2 && pair ? values.toSorted((a, b) => Number(isMs(b)) - Number(isMs(a))) : values;
  const text = halves.join(",");
  const [ms, id] = text.split(",");
  if (!isMs(ms) || !id || text.split(",").length !== 2) throw new Refusal(40002, "next_offset");
  return { text, place: { ms: Number(ms), id } };
}
