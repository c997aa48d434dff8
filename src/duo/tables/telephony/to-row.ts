import type { Json, JsonObject } from "../../../core/json.ts";
import { toInt } from "../../../ecs/to-integer.ts";
import { toText } from "../../../ecs/to-text.ts";
import { put } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import type { MapContext, Mapped } from "../table.ts";

const MAPPING: TableMapping = {
  table: "telephony",
  kind: "event",
  timeKeys: ["ts", "timestamp", "isotimestamp"],
  fill,
};

/** Maps an event of the telephony log: v2, or v1, which lacks the identifiers. */
export function toTelephonyRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, { event: ecsEvent, duo, tags }: RowParts): void {
  const id = toText(event["telephony_id"]);
  put(ecsEvent, "id", id);
  put(duo, "id", id);
  put(duo, "txid", toText(event["txid"]));
  put(duo, "event_type", toText(event["context"]));
  put(duo, "credits", toInt(event["credits"], "credits", tags));
  put(duo, "phone_number", toText(event["phone"]));
  put(duo, "type", toText(event["type"]));
}
