import type { RawEvent } from "../streams.ts";
import type { Random } from "./random.ts";

type Variant = (event: RawEvent, random: Random) => RawEvent;

const ATTACKS = {
  country_code_access: "MD",
  country_code_auth: "FR",
  detected_occurrences: 3,
  detector: "COUNTRY_CODE_MISMATCH",
  shadow_mode: false,
  suppressed: false,
  threshold_occurrences: 2,
  threshold_time_frame: 600,
  unrealistic_travel_velocity: null,
};

/** The odd rows that real tenants return, one each; all of them broke somebody's parser once. */
const VARIANTS: readonly Variant[] = [
  (event) => ({ ...event, access_device: {} }),
  (event) => ({ ...event, adaptive_trust_assessments: {} }),
  (event) => without(event, "adaptive_trust_assessments"),
  (event) => ({ ...event, adaptive_trust_assessments: { more_secure_auth: null, remember_me: {} } }),
  (event) => part(event, "access_device", { location: {} }),
  (event) => part(event, "auth_device", { location: {} }),
  (event) => part(event, "access_device", { hostname: "null" }),
  (event) => part(event, "access_device", { security_agents: null }),
  (event) => part(event, "access_device", { security_agents: "unknown" }),
  (event) => part(event, "access_device", { security_agents: [] }),
  (event, random) => part(event, "access_device", { ip: `198.51.100.77:${1024 + random.int(60000)}` }),
  (event) => part(event, "access_device", { ip: "[2001:db8::4d]:51515" }),
  (event) => part(event, "access_device", { ip: "2001:db8::4d#51515" }),
  (event) => part(event, "access_device", { ip: "0.0.0.0" }),
  (event) => part(event, "access_device", { ip: null }),
  (event) => part(event, "auth_device", { ip: "" }),
  (event) => ({ ...event, user: without(object(event["user"]), "groups") }),
  (event) => ({ ...event, auth_device: without(object(event["auth_device"]), "key") }),
  (event) => ({ ...event, access_device: without(object(event["access_device"]), "epkey") }),
  (event) => part(event, "auth_device", { name: "Unknown" }),
  (event) => ({ ...event, email: "" }),
  (event) => ({ ...event, email: null, alias: "unknown" }),
  (event) => ({ ...event, ood_software: "" }),
  (event) => ({ ...event, trusted_endpoint_status: null }),
  (event) => ({ ...event, rbfs_triggered_attacks: [ATTACKS] }),
  (event) => ({ ...event, rbfs_triggered_attacks: null }),
  (event) => ({ ...event, passport_assessment: { is_supported: false, reason: "unsupported_browser" } }),
  (event, random) => ({ ...event, trusted_session_info: { trusted_session_uuid: random.uuid() } }),
  (event) => part(event, "application", { destination_name: "Büro-Portal" }),
  (event) => ({ ...event, factor: null }),
  (event) => ({ ...event, risk_preview: { score: 0.25, labels: ["new", "später"] } }),
];

const VARIANT_SHARE = 0.03;

/** Gives a few rows one of the variants of real data: empty objects, missing keys, text for lists, ports in addresses. */
export function vary(event: RawEvent, random: Random): RawEvent {
  if (!random.chance(VARIANT_SHARE)) return event;
  return random.pick(VARIANTS)(event, random);
}

function part(event: RawEvent, key: string, change: RawEvent): RawEvent {
  return { ...event, [key]: { ...object(event[key]), ...change } };
}

function without(event: RawEvent, key: string): RawEvent {
  return Object.fromEntries(Object.entries(event).filter(([name]) => name !== key));
}

function object(value: unknown): RawEvent {
  return value as RawEvent;
}
