import type { JsonObject } from "../../../core/json.ts";
import { geo } from "../../../ecs/geo.ts";
import { isUnspecified } from "../../../ecs/is-ip.ts";
import { isPlaceholder } from "../../../ecs/is-placeholder.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toLong } from "../../../ecs/to-integer.ts";
import { toText } from "../../../ecs/to-text.ts";
import { put, unlessEmpty, type Doc } from "./doc.ts";
import { readAddress, type ReadAddress } from "./read-address.ts";

/** The keys of a Duo location. */
export const LOCATION_TEXTS: readonly string[] = ["city", "country", "state"];

const PORT_MAX = 65_535;

/** A device of an event (`access_device`, `auth_device`) as the columns need it. */
export interface Device {
  readonly address: ReadAddress;
  readonly port: number | undefined;
  /** The device's host name as Duo wrote it, a placeholder included. */
  readonly hostname: string | undefined;
}

/** @param path of the device in the event, for `tags` */
export function readDevice(device: JsonObject, path: string, tags: Tags): Device {
  const address = readAddress(device["ip"], `${path}.ip`, tags);
  const { portDigits } = address;
  // An explicit port counts only where the text carries none.
  const given = portDigits === undefined ? device["port"] : Number(portDigits);
  const port = given === undefined ? undefined : readPort(given, `${path}.port`, tags);
  return { address, port, hostname: toText(device["hostname"]) };
}

/** Gives the ECS `source` of an access device: its address, its port if it has a valid address, its place. */
export function toSource({ address, port, hostname }: Device, device: JsonObject): Doc | undefined {
  const source: Doc = {};
  put(source, "address", isKnownHost(hostname) ? hostname : address.text);
  put(source, "ip", address.ip);
  if (address.ip !== undefined) put(source, "port", port);
  put(source, "geo", geo(device["location"]));
  return unlessEmpty(source);
}

/** Gives the ECS `user_agent` of an access device. */
export function toUserAgent(device: JsonObject): Doc | undefined {
  const agent: Doc = {};
  put(agent, "name", toText(device["browser"]));
  put(agent, "version", toText(device["browser_version"]));
  const os: Doc = {};
  put(os, "name", toText(device["os"]));
  put(os, "version", toText(device["os_version"]));
  put(agent, "os", unlessEmpty(os));
  return unlessEmpty(agent);
}

/** Gives the host names of a device: its own, and one that stands where an address was expected. */
export function hostsOf({ address, hostname }: Device): readonly (string | undefined)[] {
  return [isKnownHost(hostname) ? hostname : undefined, address.host];
}

function isKnownHost(hostname: string | undefined): boolean {
  return hostname !== undefined && !isPlaceholder(hostname) && !isUnspecified(hostname);
}

function readPort(value: JsonObject[string], path: string, tags: Tags): number | undefined {
  const port = toLong(value, path, tags);
  if (port === undefined) return undefined;
  if (typeof port === "number" && port >= 0 && port <= PORT_MAX) return port;
  tags.malformed(path);
  return undefined;
}
