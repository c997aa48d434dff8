import { isOfflineAction } from "../activity/is-offline-action.ts";
import { ACTIVITY_STREAM } from "../activity/stream.ts";
import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import { v1ActionTwinKey } from "../common/v1-action-twin-key.ts";
import type { LogTable } from "../table.ts";
import { activityToOfflineEnrollmentRow } from "./activity-to-row.ts";
import { OFFLINE_ENROLLMENT_COLUMNS } from "./columns.ts";
import { OFFLINE_ENROLLMENT_KNOWN } from "./known.ts";
import { offlineActivityTwinKey } from "./offline-activity-twin-key.ts";
import { toOfflineEnrollmentRow } from "./to-row.ts";

/**
 * Offline enrolment log. Its v1 events carry no id and a time of whole seconds; where Duo closed that log, the
 * activity log feeds the table (docs/decisions/0010-rows-from-activity.md).
 */
export const offlineEnrollmentTable: LogTable = {
  name: "offline_enrollment",
  description: "Enrolment of users for offline access by Duo Authentication for Windows Logon.",
  streams: [
    {
      name: "offline_enrollment_v1",
      path: "/admin/v1/logs/offline_enrollment",
      paging: "list",
      pageRowCountMax: 1000,
      permission: "Grant read log",
      identity: () => undefined,
      twinKey: v1ActionTwinKey,
      givesWayOn: ["gone", "forbidden"],
      known: OFFLINE_ENROLLMENT_KNOWN,
    },
    {
      ...ACTIVITY_STREAM,
      accepts: isOfflineAction,
      map: activityToOfflineEnrollmentRow,
      twinKey: offlineActivityTwinKey,
    },
  ],
  columns: once(() => tableColumns(OFFLINE_ENROLLMENT_COLUMNS)),
  map: toOfflineEnrollmentRow,
};
