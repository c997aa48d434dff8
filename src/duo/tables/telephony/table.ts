import { identityOf } from "../common/identity-of.ts";
import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { TELEPHONY_COLUMNS } from "./columns.ts";
import { TELEPHONY_KNOWN } from "./known.ts";
import { telephonyTwinKey } from "./telephony-twin-key.ts";
import { toTelephonyRow } from "./to-row.ts";

/** Telephony log, from v2 where it answers, else from v1. */
export const telephonyTable: LogTable = {
  name: "telephony",
  description: "Text messages and telephone calls that Duo made, with the credits each one cost.",
  streams: [
    {
      name: "telephony_v2",
      path: "/admin/v2/logs/telephony",
      paging: "cursor",
      itemsKey: "items",
      pageRowCountMax: 1000,
      permission: "Grant read log",
      identity: identityOf(["telephony_id"]),
      twinKey: (event) => telephonyTwinKey(event, "v2"),
      givesWayOn: ["gone"],
      known: TELEPHONY_KNOWN.v2,
    },
    {
      name: "telephony_v1",
      path: "/admin/v1/logs/telephony",
      paging: "list",
      pageRowCountMax: 1000,
      permission: "Grant read log",
      identity: () => undefined,
      twinKey: (event) => telephonyTwinKey(event, "v1"),
      known: TELEPHONY_KNOWN.v1,
    },
  ],
  columns: once(() => tableColumns(TELEPHONY_COLUMNS)),
  map: toTelephonyRow,
};
