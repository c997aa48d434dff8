import type { RawEvent } from "../streams.ts";
import type { Target } from "./admin-action.ts";
import type { Admin, Company } from "./company.ts";
import type { Person } from "./person.ts";
import type { Random } from "./random.ts";

/** What a template may use to make an action. */
export interface Setting {
  readonly company: Company;
  readonly random: Random;
  readonly admin: Admin;
  readonly person: Person;
  readonly ip: string;
}

/** What an action is done to and how it is described. */
export interface Body {
  readonly target: Target;
  readonly description: RawEvent | string | null | undefined;
  readonly details?: RawEvent;
}

/** A kind of administrator action, who does it and how often among all actions. */
export interface Template {
  readonly action: string;
  readonly weight: number;
  readonly by: "admin" | "api" | "sync" | "system" | "nobody";
  readonly failed?: boolean;
  readonly make: (setting: Setting) => Body;
}

/** The kinds of administrator actions that the simulated company makes. */
export const TEMPLATES: readonly Template[] = [
  { action: "admin_login", weight: 26, by: "admin", make: adminLogin },
  { action: "admin_login_error", weight: 4, by: "nobody", failed: true, make: adminLoginError },
  { action: "admin_2fa_error", weight: 2, by: "nobody", failed: true, make: admin2faError },
  {
    action: "admin_lockout",
    weight: 0.3,
    by: "system",
    make: ({ admin }) => onAdmin(admin, { message: "Too many failed attempts" }),
  },
  { action: "admin_create", weight: 0.4, by: "admin", make: adminCreate },
  { action: "update_admin_factor_restrictions", weight: 0.3, by: "admin", make: factorRestrictions },
  {
    action: "activation_begin",
    weight: 0.5,
    by: "admin",
    make: ({ admin }) => onAdmin(admin, "Starting activation process"),
  },
  { action: "user_update", weight: 12, by: "admin", make: userUpdate },
  { action: "user_update", weight: 10, by: "api", make: userUpdate },
  { action: "user_create", weight: 5, by: "api", make: userCreate },
  { action: "user_delete", weight: 1.5, by: "admin", make: ({ person }) => onUser(person, null) },
  { action: "user_pending_delete", weight: 1, by: "sync", make: ({ person }) => onUser(person, undefined) },
  { action: "user_restore", weight: 0.5, by: "admin", make: ({ person }) => onUser(person, {}) },
  {
    action: "send_enroll_code",
    weight: 4,
    by: "admin",
    make: ({ person }) => onUser(person, { email: person.email, valid_secs: 2592000 }),
  },
  { action: "phone_create", weight: 3, by: "admin", make: phone },
  { action: "phone_associate", weight: 3, by: "admin", make: phone },
  { action: "phone_disassociate", weight: 1, by: "admin", make: phone },
  { action: "hardtoken_create", weight: 1, by: "admin", make: hardtoken },
  { action: "bypass_create", weight: 4, by: "admin", make: bypassCreate },
  { action: "bypass_view", weight: 1, by: "admin", make: bypassView },
  { action: "group_update", weight: 2, by: "admin", make: groupUpdate },
  { action: "integration_create", weight: 0.5, by: "admin", make: integration },
  { action: "integration_update", weight: 2, by: "admin", make: integration },
  { action: "integration_skey_view", weight: 0.7, by: "admin", make: integration },
  { action: "policy_update", weight: 2, by: "admin", make: policyUpdate },
  { action: "ad_sync_begin", weight: 6, by: "sync", make: (setting) => onDirectory(setting, undefined) },
  { action: "ad_sync_finish", weight: 6, by: "sync", make: syncFinish },
  {
    action: "ad_sync_failed",
    weight: 0.5,
    by: "sync",
    failed: true,
    make: (setting) => onDirectory(setting, 'LDAP bind failed: {"code": 49'),
  },
  {
    action: "adminapi_request_ip_denied",
    weight: 0.4,
    by: "api",
    failed: true,
    make: (setting) => onDirectory(setting, { ip_address: setting.ip }),
  },
  { action: "user_bulk_enroll", weight: 0.5, by: "admin", make: bulkEnroll },
];

function adminLogin({ admin, random, ip }: Setting): Body {
  const factor = random.pick(["push", "webauthn", "sms", "phone"]);
  return {
    target: { type: "admin_login", key: null, name: null },
    description: {
      ip_address: ip,
      role: admin.role,
      device: admin.phone,
      factor,
      primary_auth_method: "Password",
    },
    details: { auth_method: "Password", auth_device: random.key("WA"), factor, role: admin.role },
  };
}

function adminLoginError({ random, ip }: Setting): Body {
  const email = random.pick([
    "unknown@nordwind.example",
    "root@nordwind.example",
    "o'brien@nordwind.example",
  ]);
  const error = random.pick(["SAML login is disabled", "Invalid email or password", 'Kennwort "abgelaufen"']);
  return {
    target: { type: "admin_login", key: null, name: null },
    description: { ip_address: ip, error, email },
    details: { error, email },
  };
}

function admin2faError({ admin, ip }: Setting): Body {
  const description = { ip_address: ip, email: admin.email, factor: "push", error: "Login timed out." };
  return { target: { type: "admin_login", key: null, name: null }, description, details: description };
}

function adminCreate({ admin, random }: Setting): Body {
  return onAdmin(admin, {
    name: admin.name,
    email: admin.email,
    phone: admin.phone,
    role: admin.role,
    status: "Active",
    hardtoken: null,
    is_temporary_password: random.chance(0.5),
    restricted_by_admin_units: false,
    administrative_units: [],
  });
}

function factorRestrictions(): Body {
  const description = { allowed_factors: "Duo Push, WebAuthn, Hardware Token" };
  return { target: { type: "login_settings", key: null, name: null }, description, details: description };
}

function userUpdate({ person, random }: Setting): Body {
  const change = random.pick<RawEvent>([
    { status: "Bypass" },
    { status: "Active" },
    { status: "Disabled", notes: "left the company" },
    { realname: person.realName, email: person.email },
    { phones: [{ number: person.phoneE164, platform: "Apple iOS" }] },
  ]);
  return {
    ...onUser(person, change),
    target: { ...userTarget(person), details: change, oldDetails: { status: "Active" } },
  };
}

function userCreate({ person }: Setting): Body {
  return onUser(person, {
    uname: person.username,
    realname: person.realName,
    email: person.email,
    status: "Active",
  });
}

function phone({ person }: Setting): Body {
  const description = { number: person.phoneE164, type: "Mobile", user: person.username };
  return {
    target: { type: "phone", key: person.phoneKey, name: person.phoneLabel, details: description },
    description,
  };
}

function hardtoken({ random }: Setting): Body {
  const serial = String(100000 + random.int(899999));
  return {
    target: { type: "hardtoken", key: random.key("DH"), name: `Duo-D100 (${serial})` },
    description: { serial, type: "Duo-D100" },
  };
}

function bypassCreate({ person, random }: Setting): Body {
  return onUser(person, {
    bypass: "",
    count: 1 + random.int(5),
    valid_secs: random.pick([0, 3600, 86400]),
    auto_generated: true,
    remaining_uses: 1,
    user_id: person.key,
    bypass_code_ids: [random.key("DB")],
  });
}

function bypassView({ person, random }: Setting): Body {
  return onUser(person, { user_id: person.key, bypass_code_id: random.key("DB") });
}

function groupUpdate({ person, random }: Setting): Body {
  const name = random.pick(person.groups);
  return {
    target: { type: "group", key: random.key("DG"), name },
    description: { name, desc: "", status: "Active" },
  };
}

function integration({ company, random }: Setting): Body {
  const { key, name } = random.pick(company.applications);
  return {
    target: { type: "integration", key, name },
    description: { type: "Web SDK", raw_type: "websdk", name, policy: null },
  };
}

function policyUpdate({ company, admin, random }: Setting): Body {
  const { key, name } = random.pick(company.policies);
  const description = {
    remembered_devices: { enabled: true, days: 1 + random.int(30) },
    admin_email: admin.email,
  };
  return { target: { type: "policy", key, name, details: description }, description };
}

function syncFinish(setting: Setting): Body {
  const { random } = setting;
  const reference = random.uuid().replaceAll("-", "");
  const seconds = 2 + random.int(50);
  const body = onDirectory(setting, {
    Duration: `0:00:${String(seconds).padStart(2, "0")}`,
    "Users added": random.int(3),
    "Users modified": random.int(20),
    "Users seen": setting.company.people.length,
    "Users removed": random.int(2),
    authproxy_identifiers: ["proxy-lyon-1", "proxy-zürich-1"],
    "Sync Ref. Code": reference,
  });
  return {
    ...body,
    details: {
      sync_ref_code: reference,
      duration: `0:00:${seconds}`,
      selected_groups: ["cn=staff,dc=nordwind"],
    },
  };
}

function bulkEnroll({ person, random }: Setting): Body {
  const count = 2 + random.int(30);
  return {
    target: { type: "user", key: null, name: `${count} users` },
    description: { count, emails: [person.email] },
  };
}

function onAdmin(admin: Admin, description: RawEvent | string): Body {
  return { target: { type: "admin", key: admin.key, name: admin.name }, description };
}

function onUser(person: Person, description: RawEvent | null | undefined): Body {
  return { target: userTarget(person), description };
}

function userTarget(person: Person): Target {
  return { type: "user", key: person.key, name: person.username, details: { status: "active" } };
}

function onDirectory({ company }: Setting, description: RawEvent | string | undefined): Body {
  const { key, name } = company.directory;
  return {
    target: {
      type: "ldap_directory",
      key,
      name,
      details: { ldname: name, directory_type: "activedirectory", sync_phones: true },
    },
    description,
  };
}
