import type { Json, JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readStructure } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";
import { fillRow } from "./fill-row.ts";

const MAPPING: TableMapping = {
  table: "offline_enrollment",
  kind: "event",
  timeKeys: ["timestamp", "isotimestamp"],
  fill,
};

/** Maps an event of the offline enrolment log (v1). */
export function toOfflineEnrollmentRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, parts: RowParts): void {
  const structure = readStructure(event["description"]);
  const entry = {
    action: toText(event["action"]),
    user: toText(event["username"]),
    object: toText(event["object"]),
    // The log tells of nothing that failed.
    outcome: "success",
    text: structure === undefined ? toText(event["description"]) : undefined,
    structure,
  };
  fillRow(entry, parts);
}
