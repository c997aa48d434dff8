import type { RawEvent } from "../streams.ts";
import type { Actor, AdminAction, Target } from "./admin-action.ts";
import { adminActionCount, adminActionsOfHour } from "./administrator.ts";
import { personAtWork } from "./company.ts";
import { jsonText } from "./json-text.ts";
import { offlineActionsOfHour } from "./offline-enrollment.ts";
import type { Person } from "./person.ts";
import { createRandom, type Random } from "./random.ts";
import { HOUR_MS, isoMicros } from "./time.ts";
import { countInHour, type World } from "./world.ts";

const SELF_SERVICE = [
  { action: "webauthncredential_create", target: "webauthn_credential", weight: 6 },
  { action: "webauthncredential_rename", target: "webauthn_credential", weight: 1 },
  { action: "webauthncredential_delete", target: "webauthn_credential", weight: 1 },
  { action: "phone_activation_code_regenerated", target: "phone", weight: 3 },
  { action: "phone_new_sms_passcode", target: "phone", weight: 3 },
  { action: "device_change_notification_create", target: "user", weight: 4 },
  { action: "device_change_notification_send", target: "user", weight: 4 },
  { action: "user_not_enrolled_lockout", target: "user", weight: 1 },
  { action: "user_lockout_cleared", target: "user", weight: 1 },
  { action: "deregister_devices", target: "device_registration", weight: 1 },
  { action: "management_system_sync_success", target: "trusted_endpoints_integration", weight: 5 },
  { action: "management_system_sync_failure", target: "trusted_endpoints_integration", weight: 1 },
  { action: "log_export_complete", target: "log_export", weight: 1 },
];

/** How many activity events an hour has, without making them. */
export function activityCount(world: World, hour: number): number {
  const own = countInHour(world, "activity", hour);
  return adminActionCount(world, hour) + countInHour(world, "offlineEnrollment", hour) + own;
}

/** All activity of an hour: what administrators did, offline access, and what only this log has. */
export function activityOfHour(world: World, hour: number): AdminAction[] {
  const random = createRandom(`${world.seed}/activity/${hour}`);
  const own = Array.from({ length: countInHour(world, "activity", hour) }, () =>
    selfService(world, random, hour),
  );
  return [...adminActionsOfHour(world, hour), ...offlineActionsOfHour(world, hour), ...own];
}

/** An action as the activity log tells it, with the variants of real data in a few rows. */
export function activityEvent(action: AdminAction, random: Random, akey: string): RawEvent {
  const event = {
    access_device: accessDevice(action),
    action: { details: action.details === null ? null : jsonText(action.details), name: action.action },
    activity_id: action.id,
    actor: actor(action.actor, random),
    akey,
    application: null,
    old_target: oldTarget(action.target),
    outcome: { result: action.failed ? "FAILURE" : "SUCCESS" },
    target: target(action.target),
    ts: isoMicros(action.us),
  };
  if (!random.chance(0.03)) return event;
  return random.pick<RawEvent>([
    { ...event, outcome: null },
    // Only where it has no name: one log alone would else lose what the action was done to.
    action.target.name === null ? { ...event, target: null } : { ...event, application: null },
    { ...event, access_device: {} },
    { ...event, action: action.action },
    { ...event, correlation: { id: random.int(1e9), étage: 2 } },
    Object.fromEntries(Object.entries(event).filter(([key]) => key !== "outcome" && key !== "old_target")),
  ]);
}

function selfService(world: World, random: Random, hour: number): AdminAction {
  const { action, target: type } = random.weighted(SELF_SERVICE);
  const person = personAtWork(world.company, hour, random);
  const background = type === "trusted_endpoints_integration" || type === "log_export";
  return {
    us: hour * HOUR_MS * 1000 + random.int(HOUR_MS * 1000),
    id: random.uuid(),
    action,
    actor: background
      ? { type: "system", key: null, name: "System", v1Name: "System", email: null, role: null }
      : {
          type: "user",
          key: person.key,
          name: person.username,
          v1Name: person.username,
          email: person.email,
          role: null,
        },
    target: selfServiceTarget(type, person, random),
    description: undefined,
    details: background ? { device_count: random.int(500), système: 'MDM "Zürich"' } : null,
    ip: background ? null : person.homeIp,
    browser: background ? null : person.computer.browser,
    failed: action.endsWith("failure") || action.endsWith("lockout"),
  };
}

function selfServiceTarget(type: string, person: Person, random: Random): Target {
  if (type === "user") return { type, key: person.key, name: person.username };
  if (type === "phone") return { type, key: person.phoneKey, name: person.phoneLabel };
  if (type === "webauthn_credential") {
    return {
      type,
      key: random.key("WA"),
      name: `${person.realName}'s key (blue)`,
      details: { credential_name: "Schlüssel" },
    };
  }
  return { type, key: null, name: type === "log_export" ? "authentication.csv" : "Intune – Zürich" };
}

function accessDevice({ ip, browser }: AdminAction): RawEvent | null {
  if (ip === null) return null;
  const known = browser !== null;
  return {
    browser,
    browser_version: known ? "133.0.0.0" : null,
    epkey: null,
    ip: { address: ip },
    location: {
      city: known ? "Lyon" : null,
      country: known ? "France" : null,
      state: known ? "Auvergne-Rhône-Alpes" : null,
    },
    os: known ? "Windows" : null,
    os_version: known ? "11" : null,
  };
}

function actor({ type, key, name, email, role }: Actor, random: Random): RawEvent {
  const details = {
    created: type === "admin" && key !== null ? "2024-01-15T10:00:00.000000+00:00" : null,
    last_login: null,
    email,
    status: type === "user" ? "active" : null,
    groups: null,
    role,
  };
  return { details: type === "adminapi" || random.chance(0.05) ? null : jsonText(details), key, name, type };
}

function target({ type, key, name, details }: Target): RawEvent {
  return { details: details === undefined ? null : jsonText(details), key, name, type };
}

function oldTarget({ type, key, name, oldDetails }: Target): RawEvent | null {
  return oldDetails === undefined ? null : { details: jsonText(oldDetails), key, name, type };
}
