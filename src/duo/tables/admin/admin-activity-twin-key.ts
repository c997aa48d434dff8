import type { JsonObject } from "../../../core/json.ts";
import { actionName } from "../activity/action-name.ts";
import { isActivity } from "../activity/is-activity.ts";
import { v1ActorName } from "../activity/v1-actor-name.ts";
import { actionTwinKey } from "../common/action-twin-key.ts";
import { objectOf } from "../common/doc.ts";

/** Gives the twin key of an activity (v2) that the administrator log (v1) may tell of as well. */
export function adminActivityTwinKey(event: JsonObject): string | undefined {
  if (!isActivity(event)) return undefined;
  const actor = objectOf(event["actor"]);
  return actionTwinKey({
    times: [event["ts"]],
    action: actionName(event),
    actor: v1ActorName(actor) ?? actor["name"],
    object: objectOf(event["target"])["name"],
  });
}
