import type { LogRow } from "../dataset/timeline.ts";
import { NO_CURSOR } from "../page.ts";
import { okReply } from "../reply.ts";
import type { StreamSpec } from "../streams.ts";
import { retainedFromMs, type Endpoint } from "./endpoint.ts";
import { seconds } from "./window.ts";

/** A v1 log: a flat array of the earliest rows from `mintime`, in seconds, oldest first; nothing to go on with. */
export function listLog(stream: StreamSpec): Endpoint {
  return (call) => {
    const mintime = seconds(call, "mintime") ?? 0;
    const range = { fromMs: Math.max(mintime * 1000, retainedFromMs(call)), toMs: Infinity };
    const rows: LogRow[] = [];
    for (const row of call.account.timeline(stream.name).ascending(range)) {
      rows.push(row);
      if (rows.length === call.settings.listRowCountMax) break;
    }
    const page = call.spoil({ rows, next: undefined }, NO_CURSOR);
    return okReply(
      page.rows.map((row) => row.event),
      page.rows.length,
    );
  };
}
