import { isJsonObject, type Json } from "../../../core/json.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toBoolean } from "../../../ecs/to-boolean.ts";
import { toText } from "../../../ecs/to-text.ts";
import { put, unlessEmpty, type Doc } from "../common/doc.ts";

/** Gives Duo's word on whether Duo Passport could be used; undefined when it has none. */
export function readPassport(value: Json | undefined, tags: Tags): Doc | undefined {
  if (!isJsonObject(value)) return undefined;
  const doc: Doc = {};
  put(doc, "is_supported", toBoolean(value["is_supported"], "passport_assessment.is_supported", tags));
  put(doc, "reason", toText(value["reason"]));
  return unlessEmpty(doc);
}
