import type { JsonObject } from "../../../core/json.ts";
import { actionName } from "./action-name.ts";

const OFFLINE_PREFIX = "o2fa_";

/**
 * Parts the activity log between the tables that it can feed: true for `offline_enrollment`, false for `admin`.
 * Every event belongs to exactly one of them, so none is lost between the two.
 */
export function isOfflineAction(event: JsonObject): boolean {
  return actionName(event)?.startsWith(OFFLINE_PREFIX) === true;
}
