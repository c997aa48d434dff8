import type { RawEvent } from "../streams.ts";
import type { Login } from "./login.ts";
import type { Computer } from "./person.ts";
import type { Place } from "./places.ts";
import type { Random } from "./random.ts";
import { isoMicros, unixSeconds } from "./time.ts";

const AGENT = { security_agent: "Cisco Secure Endpoint", version: "10.1.2.3" };
const NOWHERE = { city: null, country: null, state: null };

/** A login as the v2 authentication log tells it, before the variants that real data has. */
export function authEvent(login: Login, random: Random): RawEvent {
  const { person } = login;
  // Only written out when there was one; spreading would double the time to make an event.
  const remembered = login.rememberedFactor;
  const event: Record<string, unknown> = {
    access_device: login.computer
      ? accessDevice(login, { computer: login.computer, random })
      : bareAccessDevice(login),
    adaptive_trust_assessments: login.computer ? assessments(login) : {},
    alias: login.eventType === "enrollment" || !person ? "unknown" : person.alias,
    application: { key: login.application.key, name: login.application.name },
    auth_device: authDevice(login, random),
    email: login.eventType === "enrollment" || !person ? null : person.email,
    event_type: login.eventType,
    factor: login.factor,
    isotimestamp: isoMicros(login.us),
    ood_software: login.reason === "out_of_date" ? "Chrome" : null,
    reason: login.reason,
    result: login.result,
    timestamp: unixSeconds(login.us),
    trusted_endpoint_status: endpointStatus(login),
    txid: login.txid,
    user: { groups: person?.groups ?? [], key: person?.key ?? null, name: login.username },
  };
  if (remembered !== undefined) event["remembered_factor"] = remembered;
  return event;
}

/** A browser's computer; what is only known of managed ones is `"unknown"` for the others. */
function accessDevice(
  login: Login,
  { computer, random }: { readonly computer: Computer; readonly random: Random },
): RawEvent {
  const known = computer.managed && !login.attack;
  return {
    browser: computer.browser,
    browser_version: computer.browserVersion,
    epkey: computer.epkey,
    flash_version: "uninstalled",
    hostname: known ? computer.hostname : null,
    ip: login.ip,
    is_encryption_enabled: known ? true : "unknown",
    is_firewall_enabled: known ? random.chance(0.97) : "unknown",
    is_password_set: known ? true : "unknown",
    java_version: "uninstalled",
    location: where(login.place),
    management_agents: [],
    os: computer.os,
    os_version: computer.osVersion,
    security_agents: known ? (random.chance(0.5) ? [AGENT] : []) : "unknown",
  };
}

/** What is known of a login without a browser: its address. */
function bareAccessDevice(login: Login): RawEvent {
  return {
    browser: null,
    browser_version: null,
    epkey: null,
    flash_version: null,
    hostname: null,
    ip: login.ip,
    is_encryption_enabled: "unknown",
    is_firewall_enabled: "unknown",
    is_password_set: "unknown",
    java_version: null,
    location: where(login.place),
    os: null,
    os_version: null,
  };
}

function authDevice(login: Login, random: Random): RawEvent {
  const { person, factor } = login;
  if (!person || factor === "not_available" || factor === "trusted_network") {
    const name = login.eventType === "enrollment" ? "Generic Smartphone" : null;
    return { ip: null, key: name === null ? null : (person?.phoneKey ?? null), location: NOWHERE, name };
  }
  const push = factor === "duo_push" || factor === "verified_duo_push";
  const answered = push && login.reason === "user_approved";
  const device = {
    ip: answered ? (random.chance(0.6) ? person.office.ip : person.homeIp) : null,
    key: person.phoneKey,
    location: where(answered ? person.office.place : undefined),
    name:
      factor?.startsWith("WebAuthn") === true
        ? `${person.realName}'s ${person.computer.os}`
        : person.phoneLabel,
  };
  return random.chance(0.1) ? { ...device, serial: null, type: null } : device;
}

function assessments(login: Login): RawEvent {
  const low = login.attack || login.result === "fraud";
  const detectors =
    login.result === "fraud" ? ["USER_MARKED_FRAUD"] : low ? ["UNREALISTIC_GEOVELOCITY"] : null;
  return {
    more_secure_auth: {
      detected_attack_detectors: detectors,
      features_version: "3.0",
      model_version: "2022.07.19.001",
      policy_enabled: true,
      preview_mode_enabled: false,
      reason: low
        ? "Low level of trust; detected known attack pattern"
        : "Normal level of trust; no detection of known attack pattern",
      trust_level: low ? "LOW" : "NORMAL",
    },
    remember_me: {
      features_version: "3.0",
      model_version: "2022.07.19.001",
      policy_enabled: false,
      reason: low ? "New Access IP" : "Known Access IP",
      trust_level: low ? "LOW" : "NORMAL",
    },
  };
}

function endpointStatus(login: Login): string {
  if (!login.computer || login.eventType === "enrollment") return "unknown";
  return login.computer.managed && !login.attack ? "trusted" : "not trusted";
}

function where(place: Place | undefined): RawEvent {
  return place ?? NOWHERE;
}
