import type { Login } from "./login.ts";
import type { Person } from "./person.ts";
import { ATTACKER_PLACES, type Place } from "./places.ts";
import { createRandom, type Random } from "./random.ts";
import { HOUR_MS } from "./time.ts";
import type { World } from "./world.ts";

const PERIOD_HOURS = 72;
const STRANGERS = ["admin", "test", "backup", "scan", "support", "sql"];
const SPRAY_REASONS = ["deny_unenrolled_user", "location_restricted", "anonymous_ip", "locked_out"];

/**
 * The attack of every third day: one night somebody tries passwords on many accounts; the next evening the
 * one account whose password was found gets push after push, until its owner reports fraud, or gives in and the
 * attacker enrolls a phone.
 *
 * Tied to the calendar and not to the start of the simulator, so that a restarted one tells the same story.
 */
export interface Attack {
  readonly sprayHour: number;
  readonly fatigueHour: number;
  readonly place: Place;
  readonly network: number;
  readonly victim: Person;
  readonly succeeds: boolean;
}

/** The attack of the three days that this hour is in. */
export function attackOf(world: World, hour: number): Attack {
  const period = Math.floor(hour / PERIOD_HOURS);
  const random = createRandom(`${world.seed}/attack/${period}`);
  const sprayHour = period * PERIOD_HOURS + 24 * random.int(2) + 1 + random.int(4);
  return {
    sprayHour,
    fatigueHour: sprayHour + 18,
    place: random.pick(ATTACKER_PLACES),
    network: random.int(200),
    victim: random.pick(world.company.people),
    succeeds: random.chance(0.34),
  };
}

/** How many logins of an hour are part of an attack, without making them. */
export function attackLoginCount(world: World, hour: number): number {
  if (!world.attacks) return 0;
  const attack = attackOf(world, hour);
  if (hour === attack.sprayHour) return sprayCount(world);
  if (hour === attack.fatigueHour) return fatigueCount(attack) + (attack.succeeds ? 2 : 1);
  return 0;
}

/** The logins of an hour that are part of an attack. */
export function attackLogins(world: World, hour: number): Login[] {
  if (!world.attacks) return [];
  const attack = attackOf(world, hour);
  const random = createRandom(`${world.seed}/attack/hour/${hour}`);
  if (hour === attack.sprayHour) return spray(world, attack, random);
  if (hour === attack.fatigueHour) return fatigue(world, attack, random);
  return [];
}

function sprayCount(world: World): number {
  return Math.ceil(world.perDay.authentication * 0.03) + 10;
}

function fatigueCount(attack: Attack): number {
  return 9 + (attack.network % 8);
}

function spray(world: World, attack: Attack, random: Random): Login[] {
  const count = sprayCount(world);
  const stepUs = (HOUR_MS * 1000) / count;
  return Array.from({ length: count }, (_, index) => {
    const person = random.chance(0.8) ? random.pick(world.company.people) : undefined;
    return {
      us: attack.sprayHour * HOUR_MS * 1000 + Math.floor((index + random.next()) * stepUs),
      txid: random.uuid(),
      username: person?.username ?? random.pick(STRANGERS),
      person,
      application: world.company.applications[1 - random.int(2)] as Login["application"],
      ip: `192.0.2.${1 + ((attack.network + random.int(6)) % 250)}`,
      place: attack.place,
      computer: undefined,
      attack: true,
      eventType: "authentication",
      factor: "not_available",
      rememberedFactor: undefined,
      result: "denied",
      reason: person ? random.pick(SPRAY_REASONS.slice(1)) : "deny_unenrolled_user",
    };
  });
}

function fatigue(world: World, attack: Attack, random: Random): Login[] {
  const { victim } = attack;
  const startUs = attack.fatigueHour * HOUR_MS * 1000;
  const make = (minute: number, end: Pick<Login, "eventType" | "factor" | "result" | "reason">): Login => ({
    us: startUs + Math.floor((minute + random.next()) * 60_000_000),
    txid: random.uuid(),
    username: victim.username,
    person: victim,
    application: world.company.applications[1] as Login["application"],
    ip: `192.0.2.${1 + (attack.network % 250)}`,
    place: attack.place,
    computer: {
      ...victim.computer,
      os: "Windows",
      osVersion: "10",
      managed: false,
      hostname: "DESKTOP-7F3K2",
    },
    attack: true,
    rememberedFactor: undefined,
    ...end,
  });
  const push = { eventType: "authentication", factor: "duo_push" } as const;
  const logins = Array.from({ length: fatigueCount(attack) }, (_, index) =>
    make(index * 2, {
      ...push,
      result: "denied",
      reason: random.chance(0.7) ? "no_response" : "user_cancelled",
    }),
  );
  if (!attack.succeeds)
    return [...logins, make(40, { ...push, result: "fraud", reason: "user_marked_fraud" })];
  const enrollment = {
    eventType: "enrollment",
    factor: "not_available",
    result: "success",
    reason: null,
  } as const;
  return [...logins, make(40, { ...push, result: "success", reason: "user_approved" }), make(44, enrollment)];
}
