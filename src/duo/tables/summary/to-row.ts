import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { toInt } from "../../../ecs/to-integer.ts";
import { toText } from "../../../ecs/to-text.ts";
import { put } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import type { MapContext, Mapped } from "../table.ts";

const COUNTS: readonly string[] = [
  "admin_count",
  "integration_count",
  "telephony_credits_remaining",
  "user_count",
  "user_pending_deletion_count",
];

const MAPPING: TableMapping = { table: "summary", kind: "metric", timeKeys: [], fill };

/** Maps the account summary; it names no time, so its row has the time of the fetch. */
export function toSummaryRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, { duo, tags }: RowParts): void {
  // Other collectors store the answer with its envelope; such files can be replayed as they are.
  const { response } = event as { readonly response?: Json };
  const summary = isJsonObject(response) ? response : event;
  for (const key of COUNTS) put(duo, key, toInt(summary[key], key, tags));
  put(duo, "edition", toText(summary["edition"]));
}
