import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { OFFLINE_ENROLLMENT_COLUMNS } from "./columns.ts";
import { toOfflineEnrollmentRow } from "./to-row.ts";

/** Offline enrolment log. Its events carry no id and a time of whole seconds. */
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
    },
  ],
  columns: once(() => tableColumns(OFFLINE_ENROLLMENT_COLUMNS)),
  map: toOfflineEnrollmentRow,
};
