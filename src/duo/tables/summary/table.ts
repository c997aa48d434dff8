import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { SUMMARY_COLUMNS } from "./columns.ts";
import { SUMMARY_KNOWN } from "./known.ts";
import { toSummaryRow } from "./to-row.ts";

/** Account summary: not a log but a gauge, read as it stands. */
export const summaryTable: LogTable = {
  name: "summary",
  description:
    "Gauge of the account: numbers of administrators, applications and users, and telephony credits left.",
  streams: [
    {
      name: "info_summary",
      path: "/admin/v1/info/summary",
      paging: "gauge",
      pageRowCountMax: 0,
      permission: "Grant read information",
      identity: () => undefined,
      known: SUMMARY_KNOWN,
    },
  ],
  columns: once(() => tableColumns(SUMMARY_COLUMNS)),
  map: toSummaryRow,
};
