import type { RawEvent } from "../streams.ts";
import type { Actor, AdminAction } from "./admin-action.ts";
import { TEMPLATES, type Setting, type Template } from "./admin-templates.ts";
import { attackOf } from "./attack.ts";
import { personAtWork, type Admin, type Company } from "./company.ts";
import { jsonText } from "./json-text.ts";
import { createRandom, type Random } from "./random.ts";
import { HOUR_MS, isoSeconds, unixSeconds } from "./time.ts";
import { countInHour, type World } from "./world.ts";

const REPEATED_SHARE = 0.1;
const CHANGED_SHARE = 0.25;

/** How many actions an hour has, without making them. */
export function adminActionCount(world: World, hour: number): number {
  return countInHour(world, "administrator", hour) + (breachedIn(world, hour) ? 1 : 0);
}

/**
 * All administrator actions of an hour, in no particular order.
 *
 * A provisioning client sometimes repeats itself within a second. The v1 log then has rows that are equal in
 * every member, or in all but what the change was; both happened, and a collector has to keep both.
 */
export function adminActionsOfHour(world: World, hour: number): AdminAction[] {
  const random = createRandom(`${world.seed}/administrator/${hour}`);
  const count = countInHour(world, "administrator", hour);
  const actions: AdminAction[] = [];
  while (actions.length < count) {
    const action = adminAction(world, random, hour);
    actions.push(action);
    if (action.actor.type === "adminapi" && actions.length < count && random.chance(REPEATED_SHARE)) {
      const us = Math.floor(action.us / 1e6) * 1e6 + random.int(1e6);
      const changed = random.chance(CHANGED_SHARE) ? { description: { notes: "changed again" } } : {};
      actions.push({ ...action, ...changed, us, id: random.uuid() });
    }
  }
  if (breachedIn(world, hour)) actions.push(breach(world, random, hour));
  return actions;
}

/** An action as the v1 administrator log tells it. */
export function administratorEvent(action: AdminAction): RawEvent {
  const { description } = action;
  const text = typeof description === "object" && description !== null ? jsonText(description) : description;
  return {
    action: action.action,
    ...(text === undefined ? {} : { description: text }),
    isotimestamp: isoSeconds(action.us),
    object: action.target.name,
    timestamp: unixSeconds(action.us),
    username: action.actor.v1Name,
  };
}

function adminAction(world: World, random: Random, hour: number): AdminAction {
  const { company } = world;
  const template = random.weighted(TEMPLATES);
  const admin = random.pick(company.admins);
  const ip =
    template.by === "nobody"
      ? `198.51.100.${1 + random.int(250)}`
      : random.pick(["203.0.113.24", "203.0.113.65"]);
  const person = personAtWork(company, hour, random);
  const setting: Setting = { company, random, admin, person, ip };
  const us = hour * HOUR_MS * 1000 + random.int(HOUR_MS * 1000);
  return assemble(template, setting, us);
}

function assemble(template: Template, setting: Setting, us: number): AdminAction {
  const body = template.make(setting);
  const { by } = template;
  return {
    us,
    id: setting.random.uuid(),
    action: template.action,
    actor: actorOf(by, setting.admin, setting.company),
    target: body.target,
    description: body.description,
    details: body.details ?? null,
    ip: by === "sync" || by === "system" ? null : setting.ip,
    browser: by === "admin" || by === "nobody" ? setting.random.pick(["Chrome", "Firefox", "Safari"]) : null,
    failed: template.failed ?? false,
  };
}

function actorOf(by: Template["by"], admin: Admin, company: Company): Actor {
  const none = { key: null, email: null, role: null };
  if (by === "api") {
    const { key, name } = company.provisioning;
    return { ...none, type: "adminapi", key, name, v1Name: `API (${name})` };
  }
  if (by === "sync") {
    const { name } = company.directory;
    return {
      ...none,
      type: "ldap_sync",
      name: `Active Directory User Sync: ${name}`,
      v1Name: `Active Directory User Sync: ${name}`,
    };
  }
  if (by === "system") return { ...none, type: "system", name: "System", v1Name: "System" };
  if (by === "nobody") return { ...none, type: "admin", name: "", v1Name: "" };
  return {
    type: "admin",
    key: admin.key,
    name: admin.name,
    v1Name: admin.name,
    email: admin.email,
    role: admin.role,
  };
}

/** After a push attack that worked, the attacker's phone call to the help desk yields a bypass code. */
function breachedIn(world: World, hour: number): boolean {
  if (!world.attacks) return false;
  const attack = attackOf(world, hour);
  return attack.succeeds && hour === attack.fatigueHour + 1;
}

function breach(world: World, random: Random, hour: number): AdminAction {
  const template = TEMPLATES.find(({ action }) => action === "bypass_create") as Template;
  const helpDesk = world.company.admins[3] as Admin;
  const setting = {
    company: world.company,
    random,
    admin: helpDesk,
    person: attackOf(world, hour).victim,
    ip: "203.0.113.65",
  };
  return assemble(template, setting, hour * HOUR_MS * 1000 + random.int(HOUR_MS * 1000));
}
