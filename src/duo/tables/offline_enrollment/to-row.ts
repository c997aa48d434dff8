import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { uniqueTexts } from "../../../ecs/unique-texts.ts";
import { copyTexts, put, unlessEmpty, type Doc } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readStructure } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";

const DESCRIPTION_TEXTS: readonly string[] = ["factor", "hostname", "user_agent"];

const TYPES: ReadonlyMap<string, string> = new Map([
  ["o2fa_user_provisioned", "creation"],
  ["o2fa_user_deprovisioned", "deletion"],
  ["o2fa_user_reenrolled", "change"],
]);

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

function fill(event: JsonObject, { row, event: ecsEvent, duo }: RowParts): void {
  const action = toText(event["action"]);
  const user = toText(event["username"]);
  const structure = readStructure(event["description"]);
  const description = isJsonObject(structure) ? copyTexts(structure, DESCRIPTION_TEXTS) : undefined;
  const hostname = description?.["hostname"] as string | undefined;

  put(ecsEvent, "action", action);
  ecsEvent["category"] = ["iam"];
  ecsEvent["type"] = ["user", TYPES.get(action ?? "") ?? "info"];
  ecsEvent["outcome"] = "success";

  if (structure === undefined) put(row, "message", toText(event["description"]));
  if (user !== undefined) row["user"] = { name: user };
  if (hostname !== undefined) row["host"] = { name: hostname };
  const agent = description?.["user_agent"];
  if (agent !== undefined) row["user_agent"] = { original: agent };
  const related: Doc = {};
  put(related, "hosts", uniqueTexts([hostname]));
  put(related, "user", uniqueTexts([user]));
  put(row, "related", unlessEmpty(related));

  put(duo, "action", action);
  put(duo, "object", toText(event["object"]));
  put(duo, "description", description);
  if (user !== undefined) duo["user"] = { name: user };
}
