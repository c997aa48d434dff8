import { identityOf } from "../common/identity-of.ts";
import type { Stream } from "../table.ts";
import { ACTIVITY_KNOWN } from "./known.ts";

/**
 * The activity log. Besides its own table it can feed `admin` and `offline_enrollment`, whose v1 logs Duo is
 * closing (docs/decisions/0010-rows-from-activity.md).
 */
export const ACTIVITY_STREAM: Stream = {
  name: "activity_v2",
  path: "/admin/v2/logs/activity",
  paging: "cursor",
  itemsKey: "items",
  pageRowCountMax: 1000,
  permission: "Grant read log",
  identity: identityOf(["activity_id"]),
  known: ACTIVITY_KNOWN,
};
