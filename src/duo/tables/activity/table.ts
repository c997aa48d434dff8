import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { ACTIVITY_COLUMNS } from "./columns.ts";
import { ACTIVITY_STREAM } from "./stream.ts";
import { toActivityRow } from "./to-row.ts";

/** Activity log, the successor of the administrator and offline enrolment logs. */
export const activityTable: LogTable = {
  name: "activity",
  description:
    "Activity log: actions by administrators, users, API clients and sync jobs, with actor, target and the target's state before.",
  streams: [ACTIVITY_STREAM],
  columns: once(() => tableColumns(ACTIVITY_COLUMNS)),
  map: toActivityRow,
};
