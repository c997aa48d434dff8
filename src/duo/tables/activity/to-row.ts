import { isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { toText } from "../../../ecs/to-text.ts";
import { uniqueTexts } from "../../../ecs/unique-texts.ts";
import { copyTexts, objectOf, put, unlessEmpty, type Doc } from "../common/doc.ts";
import { mapEvent, type RowParts, type TableMapping } from "../common/map-event.ts";
import {
  hostsOf,
  LOCATION_TEXTS,
  readDevice,
  toSource,
  toUserAgent,
  type Device,
} from "../common/read-device.ts";
import { readStructure, structureText } from "../common/read-structure.ts";
import type { MapContext, Mapped } from "../table.ts";
import { activityOutcome, classifyActivity } from "./classify.ts";

const DEVICE_TEXTS: readonly string[] = ["browser", "browser_version", "epkey", "os", "os_version"];
const APPLICATION_TEXTS: readonly string[] = ["key", "name", "type"];
const PARTY_TEXTS: readonly string[] = ["key", "name", "type"];
const PARTIES: readonly string[] = ["actor", "target", "old_target"];

/** Kinds of target that are a person. */
const USER_TARGETS: ReadonlySet<string> = new Set(["user", "admin", "user_bypass"]);

const MAPPING: TableMapping = {
  table: "activity",
  kind: "event",
  timeKeys: ["ts", "isotimestamp", "timestamp"],
  fill,
};

/** Maps an event of the activity log (v2). */
export function toActivityRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, { row, event: ecsEvent, duo, tags }: RowParts): void {
  const id = toText(event["activity_id"]);
  const result = toText(objectOf(event["outcome"])["result"]);
  const action = readAction(event["action"]);
  const name = toText(action["name"]) ?? "";
  const { category, type } = classifyActivity(name);
  put(ecsEvent, "id", id);
  put(ecsEvent, "action", toText(name));
  ecsEvent["category"] = category;
  ecsEvent["type"] = type;
  ecsEvent["outcome"] = activityOutcome(result, name);

  put(duo, "id", id);
  put(duo, "akey", toText(event["akey"]));
  put(duo, "outcome", result);
  put(duo, "action", unlessEmpty(action));
  put(duo, "application", copyTexts(event["application"], APPLICATION_TEXTS));
  for (const party of PARTIES) put(duo, party, readParty(objectOf(event[party])));

  const accessDevice = objectOf(event["access_device"]);
  const device = readDevice(accessDevice, "access_device", tags);
  put(duo, "access_device", readAccessDevice(accessDevice, device));
  put(row, "source", toSource(device, accessDevice));
  put(row, "user_agent", toUserAgent(accessDevice));
  putPeople(row, event, device);
}

/** Duo's client documents `action` as text, its servers send an object. */
function readAction(value: Json | undefined): Doc {
  const action: Doc = {};
  if (isJsonObject(value)) {
    put(action, "name", toText(value["name"]));
    put(action, "details", readDetails(value["details"]));
  } else {
    put(action, "name", toText(value));
  }
  return action;
}

function readParty(party: JsonObject): Doc | undefined {
  const doc = copyTexts(party, PARTY_TEXTS) ?? {};
  put(doc, "details", readDetails(party["details"]));
  return unlessEmpty(doc);
}

function readDetails(value: Json | undefined): string | undefined {
  const structure = readStructure(value);
  return structure === undefined ? toText(value) : structureText(structure);
}

function readAccessDevice(device: JsonObject, { address, port }: Device): Doc | undefined {
  const doc = copyTexts(device, DEVICE_TEXTS) ?? {};
  put(doc, "ip", address.duoIp);
  put(doc, "port", port);
  put(doc, "location", copyTexts(device["location"], LOCATION_TEXTS));
  return unlessEmpty(doc);
}

/** Fills `user` (who acted, person or not), `user.target` or `group` (who was acted on), and `related`. */
function putPeople(row: Doc, event: JsonObject, device: Device): void {
  const user: Doc = readPerson(objectOf(event["actor"])) ?? {};
  const target = objectOf(event["target"]);
  const targetType = toText(target["type"]) ?? "";
  const targetUser = USER_TARGETS.has(targetType) ? readPerson(target) : undefined;
  put(user, "target", targetUser);
  put(row, "user", unlessEmpty(user));
  if (targetType === "group") {
    const group: Doc = {};
    put(group, "name", toText(target["name"]));
    put(group, "id", toText(target["key"]));
    put(row, "group", unlessEmpty(group));
  }
  const related: Doc = {};
  put(related, "hosts", uniqueTexts(hostsOf(device)));
  put(related, "ip", uniqueTexts([device.address.ip]));
  put(
    related,
    "user",
    uniqueTexts([textOf(user, "name"), textOf(user, "email"), textOf(targetUser, "name")]),
  );
  put(row, "related", unlessEmpty(related));
}

function readPerson(party: JsonObject): Doc | undefined {
  const person: Doc = {};
  put(person, "name", toText(party["name"]));
  put(person, "id", toText(party["key"]));
  const details = readStructure(party["details"]);
  if (isJsonObject(details)) put(person, "email", toText(details["email"]));
  return unlessEmpty(person);
}

function textOf(doc: Doc | undefined, key: string): string | undefined {
  return doc?.[key] as string | undefined;
}
