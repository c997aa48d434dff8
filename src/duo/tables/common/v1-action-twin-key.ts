import type { JsonObject } from "../../../core/json.ts";
import { actionTwinKey } from "./action-twin-key.ts";

/** Gives the twin key of an event of the administrator or offline enrolment log (v1). */
export function v1ActionTwinKey(event: JsonObject): string | undefined {
  // An activity has these; a row of one stream must never pass for a twin in another.
  if (event["activity_id"] !== undefined || event["ts"] !== undefined) return undefined;
  return actionTwinKey({
    times: [event["timestamp"], event["isotimestamp"]],
    action: event["action"],
    actor: event["username"],
    object: event["object"],
  });
}
