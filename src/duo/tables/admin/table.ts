import { isOfflineAction } from "../activity/is-offline-action.ts";
import { ACTIVITY_STREAM } from "../activity/stream.ts";
import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import { v1ActionTwinKey } from "../common/v1-action-twin-key.ts";
import type { LogTable } from "../table.ts";
import { activityToAdminRow } from "./activity-to-row.ts";
import { adminActivityTwinKey } from "./admin-activity-twin-key.ts";
import { ADMIN_COLUMNS } from "./columns.ts";
import { ADMINISTRATOR_KNOWN } from "./known.ts";
import { toAdminRow } from "./to-row.ts";

/**
 * Administrator log. Its v1 events carry no id and a time of whole seconds; where Duo closed that log, the
 * activity log feeds the table (docs/decisions/0010-rows-from-activity.md).
 */
export const adminTable: LogTable = {
  name: "admin",
  description:
    "What administrators (people, the Admin API, directory sync, the system itself) did in the Duo account: one row per entry of the administrator log, or of the activity log where Duo closed that one.",
  streams: [
    {
      name: "administrator_v1",
      path: "/admin/v1/logs/administrator",
      paging: "list",
      pageRowCountMax: 1000,
      permission: "Grant read log",
      identity: () => undefined,
      twinKey: v1ActionTwinKey,
      givesWayOn: ["gone", "forbidden"],
      known: ADMINISTRATOR_KNOWN,
    },
    {
      ...ACTIVITY_STREAM,
      accepts: (event) => !isOfflineAction(event),
      map: activityToAdminRow,
      twinKey: adminActivityTwinKey,
    },
  ],
  columns: once(() => tableColumns(ADMIN_COLUMNS)),
  map: toAdminRow,
};
