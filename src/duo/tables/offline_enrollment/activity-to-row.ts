import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { activityOutcome } from "../activity/classify.ts";
import { objectOf } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readStructure } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";
import { fillRow } from "./fill-row.ts";
import { readParties } from "./read-parties.ts";

const MAPPING: TableMapping = {
  table: "offline_enrollment",
  kind: "event",
  timeKeys: ["ts", "isotimestamp", "timestamp"],
  fill,
};

/**
 * Maps an event of the activity log (v2) to the columns of the offline enrolment log
 * (docs/decisions/0010-rows-from-activity.md).
 */
export function activityToOfflineEnrollmentRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, parts: RowParts): void {
  const given = event["action"];
  const action = toText(isJsonObject(given) ? given["name"] : given);
  const details = objectOf(given)["details"];
  const structure = readStructure(details);
  const { user, object } = readParties(event);
  const result = toText(objectOf(event["outcome"])["result"]);
  const entry = {
    action,
    user: toText(user),
    object: toText(object),
    outcome: activityOutcome(result, action ?? ""),
    text: structure === undefined ? toText(details) : undefined,
    structure,
  };
  fillRow(entry, parts);
}
