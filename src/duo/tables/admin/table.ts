import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { ADMIN_COLUMNS } from "./columns.ts";
import { toAdminRow } from "./to-row.ts";

/** Administrator log. Its events carry no id and a time of whole seconds. */
export const adminTable: LogTable = {
  name: "admin",
  description:
    "What administrators (people, the Admin API, directory sync, the system itself) did in the Duo account: one row per entry of the administrator log.",
  streams: [
    {
      name: "administrator_v1",
      path: "/admin/v1/logs/administrator",
      paging: "list",
      pageRowCountMax: 1000,
      permission: "Grant read log",
      identity: () => undefined,
    },
  ],
  columns: once(() => tableColumns(ADMIN_COLUMNS)),
  map: toAdminRow,
};
