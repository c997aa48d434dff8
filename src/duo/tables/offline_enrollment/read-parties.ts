import type { Json, JsonObject } from "../../../core/json.ts";
import { v1ActorName } from "../activity/v1-actor-name.ts";
import { objectOf } from "../common/doc.ts";

/** Who was enrolled, and for which application. */
export interface Parties {
  readonly user: Json | undefined;
  readonly object: Json | undefined;
}

/**
 * Reads from an activity what the offline enrolment log calls `username` and `object`.
 *
 * Users enrol themselves, so the actor is the user and the target the application; where the target is a user,
 * somebody acted on that one, and the application can only be the one used.
 */
export function readParties(event: JsonObject): Parties {
  const target = objectOf(event["target"]);
  if (target["type"] === "user") {
    return { user: target["name"], object: objectOf(event["application"])["name"] };
  }
  const actor = objectOf(event["actor"]);
  return { user: v1ActorName(actor) ?? actor["name"], object: target["name"] };
}
