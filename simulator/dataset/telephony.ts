import type { RawEvent } from "../streams.ts";
import type { Login } from "./login.ts";
import { loginsOfHour, overPhone, phoneLoginCount } from "./logins.ts";
import { createRandom, type Random } from "./random.ts";
import { repeated } from "./repeated.ts";
import { HOUR_MS, isoMicros, isoSeconds, unixSeconds } from "./time.ts";
import { countInHour, type World } from "./world.ts";

/** A call or a text message that Duo sent. */
export interface Call {
  readonly us: number;
  readonly id: string;
  readonly txid: string;
  readonly context: string;
  readonly type: "sms" | "phone";
  readonly phone: string;
  readonly credits: number;
}

/**
 * All calls of an hour: one for each login over a telephone, with the login's txid, and some for
 * administrators and enrollments, of which a few are repeated in the same second. Their number is `countInHour(world, "telephony", hour)`.
 */
export function callsOfHour(world: World, hour: number): Call[] {
  const random = createRandom(`${world.seed}/call/${hour}`);
  const calls = loginsOfHour(world, hour)
    .slice(0, phoneLoginCount(world, hour))
    .filter((login) => overPhone(login.factor))
    .map((login) => callOfLogin(login, hour, random));
  const count = countInHour(world, "telephony", hour);
  const others: Call[] = [];
  while (calls.length + others.length < count) others.push(otherCall(world, hour, random));
  // Those of logins stay as they are: each has the txid of its login.
  return [...calls, ...repeated(others, createRandom(`${world.seed}/call/again/${hour}`))];
}

/** A call as the v2 telephony log tells it. */
export function telephonyEvent(call: Call): RawEvent {
  const { context, credits, phone, id, txid, type } = call;
  return { context, credits, phone, telephony_id: id, ts: isoMicros(call.us), txid, type };
}

/** A call as the v1 telephony log tells it: without ids, and now and then with the credits as text. */
export function telephonyV1Event(call: Call): RawEvent {
  const credits = call.context === "verify" ? String(call.credits) : call.credits;
  const { context, phone, type } = call;
  return {
    context,
    credits,
    isotimestamp: isoSeconds(call.us),
    phone,
    timestamp: unixSeconds(call.us),
    type,
  };
}

function callOfLogin(login: Login, hour: number, random: Random): Call {
  const firstUs = hour * HOUR_MS * 1000;
  const type = login.factor === "phone_call" ? "phone" : "sms";
  return {
    us: Math.max(firstUs, login.us - 4_000_000 - random.int(20_000_000)),
    id: random.uuid(),
    txid: login.txid,
    context: "authentication",
    type,
    phone: login.person?.phoneE164 ?? "",
    credits: type === "phone" ? 2 : 1,
  };
}

function otherCall(world: World, hour: number, random: Random): Call {
  const context = random.weighted([
    { name: "enrollment", weight: 5 },
    { name: "administrator login", weight: 3 },
    { name: "verify", weight: 2 },
  ]).name;
  const admin = context === "administrator login";
  const type = random.chance(0.7) ? "sms" : "phone";
  return {
    us: hour * HOUR_MS * 1000 + random.int(HOUR_MS * 1000),
    id: random.uuid(),
    txid: random.uuid(),
    context,
    type,
    phone: admin
      ? random.pick(world.company.admins).phone.replaceAll(" ", "")
      : random.pick(world.company.people).phoneE164,
    credits: admin ? 0 : type === "phone" ? 2 : 1,
  };
}
