import { identityOf } from "../common/identity-of.ts";
import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { TRUST_MONITOR_COLUMNS } from "./columns.ts";
import { toTrustMonitorRow } from "./to-row.ts";

/** Trust Monitor events. Their state may change later; the row keeps the state of the first fetch. */
export const trustMonitorTable: LogTable = {
  name: "trust_monitor",
  description:
    "Security events of Trust Monitor: sign-ins, bypass settings and device registrations that Duo surfaced as unusual.",
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
    },
  ],
  columns: once(() => tableColumns(TRUST_MONITOR_COLUMNS)),
  map: toTrustMonitorRow,
};
