import { attackLogins } from "./attack.ts";
import { personAtWork } from "./company.ts";
import type { Login } from "./login.ts";
import { denial, type Outcome } from "./outcome.ts";
import { TRAVEL } from "./places.ts";
import type { Person } from "./person.ts";
import { createRandom, type Random } from "./random.ts";
import { HOUR_MS } from "./time.ts";
import { countInHour, type World } from "./world.ts";

const REMEMBERED = 0.22;
const PHONE_FACTORS = ["phone_call", "sms_passcode"];
const STRANGERS = ["svc-backup", "test", "scanner", "admin", "Administrator", "guest"];

/** The logins of an hour that need a telephone; the telephony log tells of the same calls and messages. */
export function phoneLoginCount(world: World, hour: number): number {
  const calls = Math.floor(countInHour(world, "telephony", hour) * 0.8);
  return Math.min(calls, countInHour(world, "authentication", hour));
}

/** All logins of an hour, in no particular order; the first `phoneLoginCount` went over a telephone. */
export function loginsOfHour(world: World, hour: number): Login[] {
  const count = countInHour(world, "authentication", hour);
  if (count === 0) return attackLogins(world, hour);
  const random = createRandom(`${world.seed}/login/${hour}`);
  const phoneCount = phoneLoginCount(world, hour);
  const logins: Login[] = [];
  for (let index = 0; index < count; index += 1) {
    logins.push(login(world, random, { hour, phone: index < phoneCount }));
  }
  return [...logins, ...attackLogins(world, hour)];
}

/** True when a call or a text message was part of the login. */
export function overPhone(factor: string | null): boolean {
  return factor !== null && PHONE_FACTORS.includes(factor);
}

function login(world: World, random: Random, { hour, phone }: { hour: number; phone: boolean }): Login {
  const us = hour * HOUR_MS * 1000 + random.int(HOUR_MS * 1000);
  const txid = random.uuid();
  const application = random.weighted(world.company.applications);
  if (!phone && random.chance(0.008)) return stranger({ us, txid, application }, random);
  const person = personAtWork(world.company, hour, random);
  const travelling = random.chance(0.01);
  return {
    us,
    txid,
    username: person.username,
    person,
    application,
    ip: travelling
      ? `198.51.100.${1 + random.int(250)}`
      : random.chance(0.6)
        ? person.office.ip
        : person.homeIp,
    place: travelling ? random.pick(TRAVEL) : person.office.place,
    computer: application.browser ? person.computer : undefined,
    attack: false,
    ...outcome(person, random, phone),
  };
}

function outcome(person: Person, random: Random, phone: boolean): Outcome {
  const usual = phone ? random.pick(PHONE_FACTORS) : phoneless(person.factor);
  const roll = random.next();
  if (roll < 0.006 && !phone) {
    return { ...success("not_available", null), eventType: "enrollment" };
  }
  if (roll < 0.05) return denial(usual, random);
  if (roll < 0.053) return { ...success(usual, "user_marked_fraud"), result: "fraud" };
  if (phone) return success(usual, successReason(usual));
  if (roll < 0.053 + REMEMBERED) {
    return { ...success("remembered_device", "remembered_device"), rememberedFactor: usual };
  }
  if (roll < 0.315) return success("trusted_network", "trusted_network");
  if (roll < 0.325) return success("not_available", "bypass_user");
  if (roll < 0.33) return success("bypass_code", "valid_passcode");
  return success(usual, successReason(usual));
}

function success(factor: string, reason: string | null): Outcome {
  return { eventType: "authentication", factor, rememberedFactor: undefined, result: "success", reason };
}

function successReason(factor: string): string {
  return /passcode|token|yubikey/.test(factor) ? "valid_passcode" : "user_approved";
}

/** Calls and messages are decided by the hour's telephony count alone, so that both logs agree. */
function phoneless(factor: string): string {
  return overPhone(factor) ? "duo_push" : factor;
}

function stranger(base: Pick<Login, "us" | "txid" | "application">, random: Random): Login {
  return {
    ...base,
    username: random.pick(STRANGERS),
    person: undefined,
    ip: random.chance(0.5) ? "0.0.0.0" : `198.51.100.${1 + random.int(250)}`,
    place: undefined,
    computer: undefined,
    attack: false,
    eventType: "authentication",
    factor: "not_available",
    rememberedFactor: undefined,
    result: "denied",
    reason: "deny_unenrolled_user",
  };
}
