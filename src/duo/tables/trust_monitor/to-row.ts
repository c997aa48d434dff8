import type { Json, JsonObject } from "../../../core/json.ts";
import { formatTimestamp } from "../../../core/format-timestamp.ts";
import { outcome } from "../../../ecs/outcome.ts";
import { parseTimestamp } from "../../../ecs/parse-timestamp.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toBoolean } from "../../../ecs/to-boolean.ts";
import { toText } from "../../../ecs/to-text.ts";
import { uniqueTexts } from "../../../ecs/unique-texts.ts";
import { copyTexts, objectOf, put, unlessEmpty, type Doc } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import { readDevice, toSource, toUserAgent } from "../common/read-device.ts";
import type { MapContext, Mapped } from "../table.ts";

const TEXTS: readonly string[] = ["sekey", "state", "triage_event_uri", "type"];
const BOOLEANS: readonly string[] = [
  "from_common_netblock",
  "from_new_user",
  "low_risk_ip",
  "priority_event",
  "triaged_as_interesting",
];
const INSTANTS: readonly string[] = ["bypass_status_enabled", "state_updated_timestamp"];
const PARTY_TEXTS: readonly string[] = ["key", "name"];
const EXPLANATION_TEXTS: readonly string[] = ["summary", "type"];
const REASON_TEXTS: readonly string[] = ["label", "type"];

/** How Duo's keys begin. */
const USER_KEY = "DU";
const GROUP_KEY = "DG";

const MAPPING: TableMapping = {
  table: "trust_monitor",
  kind: "alert",
  timeKeys: ["surfaced_timestamp"],
  fill,
};

/** Maps a Trust Monitor event; its time is when Duo surfaced it, not when the user signed in. */
export function toTrustMonitorRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, parts: RowParts): void {
  const { event: ecsEvent } = parts;
  const type = toText(event["type"]);
  const result = toText(objectOf(event["surfaced_auth"])["result"]);
  const explanations = readList(event["explanations"], EXPLANATION_TEXTS);
  const summaries = explanations?.flatMap(({ summary }) => (typeof summary === "string" ? [summary] : []));

  put(ecsEvent, "id", toText(event["sekey"]));
  put(ecsEvent, "action", type);
  ecsEvent["category"] = [type === "auth" ? "authentication" : "iam"];
  ecsEvent["type"] = eventType(type);
  if (result !== undefined) ecsEvent["outcome"] = outcome(result);
  put(ecsEvent, "reason", toText(summaries?.join("; ")));
  put(ecsEvent, "url", toText(event["triage_event_uri"]));

  putDuo(event, explanations, parts);
  putPeople(event, parts);
}

function eventType(type: string | undefined): readonly string[] {
  if (type === "bypass_status") return ["user", "change"];
  return type === "device_registration" ? ["user", "creation"] : ["info"];
}

function putDuo(event: JsonObject, explanations: readonly Doc[] | undefined, parts: RowParts): void {
  const { duo, tags } = parts;
  for (const key of TEXTS) put(duo, key, toText(event[key]));
  for (const key of BOOLEANS) put(duo, key, toBoolean(event[key], key, tags));
  for (const key of INSTANTS) put(duo, key, readInstant(event[key], key, tags));
  put(duo, "enabled_by", copyTexts(event["enabled_by"], PARTY_TEXTS));
  put(duo, "enabled_for", copyTexts(event["enabled_for"], PARTY_TEXTS));
  put(duo, "explanations", explanations);
  put(duo, "priority_reasons", readList(event["priority_reasons"], REASON_TEXTS));
  put(duo, "surfaced_auth", toText(event["surfaced_auth"]));
  put(duo, "surfaced_auth_txid", toText(objectOf(event["surfaced_auth"])["txid"]));
}

/** Fills `user`, `group`, `source`, `user_agent` and `related`: from the sign-in, or from whom bypass is for. */
function putPeople(event: JsonObject, { row, tags }: RowParts): void {
  const auth = objectOf(event["surfaced_auth"]);
  const accessDevice = objectOf(auth["access_device"]);
  const access = readDevice(accessDevice, "surfaced_auth.access_device", tags);
  const other = readDevice(objectOf(auth["auth_device"]), "surfaced_auth.auth_device", tags);
  put(row, "source", toSource(access, accessDevice));
  put(row, "user_agent", toUserAgent(accessDevice));

  const enabledFor = objectOf(event["enabled_for"]);
  const enabledKey = toText(enabledFor["key"]) ?? "";
  const user = readParty(enabledKey.startsWith(USER_KEY) ? enabledFor : objectOf(auth["user"]));
  put(user, "email", toText(auth["email"]));
  put(row, "user", unlessEmpty(user));
  if (enabledKey.startsWith(GROUP_KEY)) put(row, "group", unlessEmpty(readParty(enabledFor)));

  const related: Doc = {};
  put(related, "ip", uniqueTexts([access.address.ip, other.address.ip]));
  put(
    related,
    "user",
    uniqueTexts([user["name"] as string | undefined, user["email"] as string | undefined]),
  );
  put(row, "related", unlessEmpty(related));
}

function readParty(party: JsonObject): Doc {
  const doc: Doc = {};
  put(doc, "name", toText(party["name"]));
  put(doc, "id", toText(party["key"]));
  return doc;
}

function readInstant(value: Json | undefined, path: string, tags: Tags): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const us = parseTimestamp(value);
  if (us !== undefined) return formatTimestamp(us);
  tags.malformed(path);
  return undefined;
}

/** Gives the objects of a list with the named texts; undefined when none has any. */
function readList(value: Json | undefined, keys: readonly string[]): readonly Doc[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const docs: Doc[] = [];
  for (const item of value as readonly Json[]) {
    const doc = copyTexts(item, keys);
    if (doc !== undefined) docs.push(doc);
  }
  return docs.length === 0 ? undefined : docs;
}
