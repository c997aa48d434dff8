import { activityTable } from "./activity/table.ts";
import { adminTable } from "./admin/table.ts";
import { authTable } from "./auth/table.ts";
import { offlineEnrollmentTable } from "./offline_enrollment/table.ts";
import { summaryTable } from "./summary/table.ts";
import type { LogTable } from "./table.ts";
import { telephonyTable } from "./telephony/table.ts";
import { trustMonitorTable } from "./trust_monitor/table.ts";

/** Every log table, in the order in which they are shown and pulled. */
export const LOG_TABLES: readonly LogTable[] = [
  adminTable,
  authTable,
  offlineEnrollmentTable,
  summaryTable,
  telephonyTable,
  activityTable,
  trustMonitorTable,
];

/** Gives the table of that short name (`auth`), or undefined. */
export function findTable(name: string): LogTable | undefined {
  return LOG_TABLES.find((table) => table.name === name);
}
