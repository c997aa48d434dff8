import type { LogRow, Range, Timeline } from "../dataset/timeline.ts";
import { Refusal } from "../refusal.ts";
import { okReply } from "../reply.ts";
import { param } from "../request.ts";
import type { Endpoint } from "./endpoint.ts";
import { limitOf, windowMs } from "./window.ts";

// Rows of one millisecond that a cursor can tell apart.
const ROWS_PER_MS = 1_000_000n;
const TYPES: ReadonlySet<string> = new Set([
  "auth",
  "bypass_status",
  "bypass_status_enabled",
  "device_registration",
]);

/**
 * Trust Monitor: the cursor comes back as `offset`, is a number in text, and is left out on the last page.
 *
 * The number is the millisecond of the last row and its place among the rows of that millisecond, so that a
 * cursor survives a restart.
 */
export const trustMonitorEvents: Endpoint = (call) => {
  const window = windowMs(call);
  const limit = limitOf(call, { standard: 100, max: 200 });
  const type = param(call.request, "type");
  if (type !== undefined && !TYPES.has(type)) throw new Refusal(40002, "type");
  const timeline = call.account.timeline("trust_monitor");
  const offset = param(call.request, "offset");
  const found = numbered(timeline, afterOffset(window, offset)).filter(
    ({ row, number }) =>
      number > BigInt(offset ?? 0) && (type === undefined || type.startsWith(String(row.event["type"]))),
  );
  const rows = found.slice(0, limit);
  const numbers = new Map(rows.map(({ row, number }) => [row, String(number)]));
  const cursorAfter = (row: LogRow): unknown => numbers.get(row);
  const last = rows.at(-1)?.row;
  const page = call.spoil(
    { rows: rows.map(({ row }) => row), next: last && found.length > limit ? cursorAfter(last) : undefined },
    { sent: offset, cursorAfter, cursorBefore: () => offset ?? "1591014" },
  );
  call.noteServed(page.rows);
  const response = { events: page.rows.map((row) => row.event), metadata: { next_offset: page.next } };
  return okReply(response, page.rows.length);
};

/** All rows from the beginning of their millisecond on, each with its cursor. */
function numbered(timeline: Timeline, range: Range): { readonly row: LogRow; readonly number: bigint }[] {
  let place = 0n;
  let ms = -1;
  return [...timeline.ascending(range)].map((row) => {
    place = row.ms === ms ? place + 1n : 1n;
    ms = row.ms;
    return { row, number: BigInt(row.ms) * ROWS_PER_MS + place };
  });
}

function afterOffset(window: Range, offset: string | undefined): Range {
  if (offset === undefined) return window;
  if (!/^\d{1,20}$/.test(offset)) throw new Refusal(40002, "offset");
  return { ...window, fromMs: Math.max(window.fromMs, Number(BigInt(offset) / ROWS_PER_MS)) };
}
