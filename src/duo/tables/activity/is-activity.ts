import type { JsonObject } from "../../../core/json.ts";

/** True for an event of the activity log's shape: it has an id, which no event of a v1 log has. */
export function isActivity(event: JsonObject): boolean {
  const id = event["activity_id"];
  return typeof id === "string" && id !== "";
}
