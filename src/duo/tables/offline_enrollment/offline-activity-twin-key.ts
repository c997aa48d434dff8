import type { JsonObject } from "../../../core/json.ts";
import { actionName } from "../activity/action-name.ts";
import { isActivity } from "../activity/is-activity.ts";
import { actionTwinKey } from "../common/action-twin-key.ts";
import { readParties } from "./read-parties.ts";

/** Gives the twin key of an activity (v2) that the offline enrolment log (v1) may tell of as well. */
export function offlineActivityTwinKey(event: JsonObject): string | undefined {
  if (!isActivity(event)) return undefined;
  const { user, object } = readParties(event);
  return actionTwinKey({ times: [event["ts"]], action: actionName(event), actor: user, object });
}
