import { identityOf } from "../common/identity-of.ts";
import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { TRUST_MONITOR_COLUMNS } from "./columns.ts";
import { TRUST_MONITOR_KNOWN } from "./known.ts";
import { toTrustMonitorRow } from "./to-row.ts";

/**
 * Trust Monitor events. Their state and triage may change for weeks without moving their time, so they are read
 * again for long, and every version that was seen is a row.
 */
export const trustMonitorTable: LogTable = {
  name: "trust_monitor",
  description:
    "Security events of Trust Monitor: sign-ins, bypass settings and device registrations that Duo surfaced as unusual. An event whose state changed has a row for each state that was seen; `event.created` tells which is newer, and the view `duo_trust_monitor_latest` of `duolake query` has the last one of each event.",
  streams: [
    {
      name: "trust_monitor_v1",
      path: "/admin/v1/trust_monitor/events",
      paging: "offset",
      itemsKey: "events",
      // Duo's texts name 200 and 500; only the smaller is safe.
      pageRowCountMax: 200,
      permission: "Grant read log",
      identity: identityOf(["sekey"]),
      hasVersions: true,
      rereadDays: { daily: 30, weekly: 90 },
      known: TRUST_MONITOR_KNOWN,
    },
  ],
  columns: once(() => tableColumns(TRUST_MONITOR_COLUMNS)),
  map: toTrustMonitorRow,
};
