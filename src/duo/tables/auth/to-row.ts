import type { Json, JsonObject } from "../../../core/json.ts";
import { geo } from "../../../ecs/geo.ts";
import { outcome } from "../../../ecs/outcome.ts";
import type { Tags } from "../../../ecs/tags.ts";
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
import type { MapContext, Mapped } from "../table.ts";
import { readAssessments } from "./assessments.ts";
import { readAttacks } from "./attacks.ts";
import { readGroups } from "./groups.ts";
import { readPassport } from "./passport.ts";
import { readSecurityAgents } from "./security-agents.ts";

const DUO_TEXTS: readonly string[] = [
  "alias",
  "email",
  "event_type",
  "factor",
  "ood_software",
  "reason",
  "result",
  "trusted_endpoint_status",
  "txid",
];
const ACCESS_DEVICE_TEXTS: readonly string[] = [
  "epkey",
  "flash_version",
  "is_encryption_enabled",
  "is_firewall_enabled",
  "is_password_set",
  "java_version",
];
const AUTH_DEVICE_TEXTS: readonly string[] = ["key", "name"];
const APPLICATION_TEXTS: readonly string[] = ["destination_name", "key", "name"];
const SESSION_TEXTS: readonly string[] = ["trusted_session_uuid"];

const MAPPING: TableMapping = {
  table: "auth",
  kind: "event",
  timeKeys: ["timestamp", "isotimestamp"],
  fill,
};

/** Maps an event of the authentication log (v2). */
export function toAuthRow(event: Json, context: MapContext): Mapped {
  return mapEvent(event, context, MAPPING);
}

function fill(event: JsonObject, { row, event: ecsEvent, duo, tags }: RowParts): void {
  ecsEvent["category"] = ["authentication"];
  ecsEvent["type"] = ["info"];
  ecsEvent["outcome"] = outcome(toText(event["result"]));
  put(ecsEvent, "action", toText(event["event_type"]));
  put(ecsEvent, "reason", toText(event["reason"]));

  const accessDevice = objectOf(event["access_device"]);
  const access = readDevice(accessDevice, "access_device", tags);
  const authDevice = objectOf(event["auth_device"]);
  const auth = readDevice(authDevice, "auth_device", tags);
  const given = objectOf(event["user"]);
  const groups = readGroups(given["groups"]);
  const user = readUser(given, event["email"]);
  const sourceUser = readUser(given, event["email"]) ?? {};
  if (groups !== undefined) sourceUser["group"] = { name: groups.join(", ") };

  putSource(row, toSource(access, accessDevice), unlessEmpty(sourceUser));
  put(row, "user", user);
  put(row, "user_agent", toUserAgent(accessDevice));
  putRelated(row, { event, access, auth, user });

  for (const key of DUO_TEXTS) put(duo, key, toText(event[key]));
  put(duo, "access_device", readAccessDevice(accessDevice, access));
  put(duo, "auth_device", readAuthDevice(authDevice, auth));
  put(duo, "application", copyTexts(event["application"], APPLICATION_TEXTS));
  if (groups !== undefined) duo["user"] = { groups };
  readRisk(event, duo, tags);
}

function readUser(given: JsonObject, email: Json | undefined): Doc | undefined {
  const user: Doc = {};
  put(user, "name", toText(given["name"]));
  put(user, "id", toText(given["key"]));
  put(user, "email", toText(email));
  return unlessEmpty(user);
}

/** The user stands twice, as `user` and as `source.user`, because queries written for Matano use both. */
function putSource(row: Doc, source: Doc | undefined, user: Doc | undefined): void {
  if (user === undefined) {
    put(row, "source", source);
    return;
  }
  const whole = source ?? {};
  whole["user"] = user;
  row["source"] = whole;
}

function putRelated(
  row: Doc,
  found: {
    readonly event: JsonObject;
    readonly access: Device;
    readonly auth: Device;
    readonly user: Doc | undefined;
  },
): void {
  const related: Doc = {};
  const name = found.user?.["name"] as string | undefined;
  const email = found.user?.["email"] as string | undefined;
  put(related, "hosts", uniqueTexts(hostsOf(found.access)));
  put(related, "ip", uniqueTexts([found.access.address.ip, found.auth.address.ip]));
  put(related, "user", uniqueTexts([name, email, toText(found.event["alias"])]));
  put(row, "related", unlessEmpty(related));
}

function readAccessDevice(device: JsonObject, { address, port, hostname }: Device): Doc | undefined {
  const doc = copyTexts(device, ACCESS_DEVICE_TEXTS) ?? {};
  put(doc, "hostname", hostname);
  put(doc, "ip", address.duoIp);
  put(doc, "port", port);
  put(doc, "location", copyTexts(device["location"], LOCATION_TEXTS));
  put(doc, "security_agents", readSecurityAgents(device["security_agents"]));
  return unlessEmpty(doc);
}

function readAuthDevice(device: JsonObject, { address, port }: Device): Doc | undefined {
  const doc = copyTexts(device, AUTH_DEVICE_TEXTS) ?? {};
  put(doc, "ip", address.duoIp);
  put(doc, "port", port);
  put(doc, "location", copyTexts(device["location"], LOCATION_TEXTS));
  put(doc, "geo", geo(device["location"]));
  return unlessEmpty(doc);
}

/** What Duo says about risk; most of it only in its Advantage and Premier editions. */
function readRisk(event: JsonObject, duo: Doc, tags: Tags): void {
  put(duo, "adaptive_trust_assessments", readAssessments(event["adaptive_trust_assessments"], tags));
  put(duo, "passport_assessment", readPassport(event["passport_assessment"], tags));
  put(duo, "rbfs_triggered_attacks", readAttacks(event["rbfs_triggered_attacks"], tags));
  put(duo, "trusted_session_info", copyTexts(event["trusted_session_info"], SESSION_TEXTS));
}
