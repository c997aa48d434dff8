import type { RawEvent } from "../streams.ts";
import type { AdminAction } from "./admin-action.ts";
import { personAtWork } from "./company.ts";
import { jsonText } from "./json-text.ts";
import { createRandom } from "./random.ts";
import { repeated } from "./repeated.ts";
import { HOUR_MS, isoSeconds, unixSeconds } from "./time.ts";
import { countInHour, type World } from "./world.ts";

const ACTIONS = [
  { name: "o2fa_user_provisioned", weight: 7 },
  { name: "o2fa_user_deprovisioned", weight: 2 },
  { name: "o2fa_user_reenrolled", weight: 1 },
];

/** The offline-access events of an hour, some twice in a second; the activity log tells of the same ones. */
export function offlineActionsOfHour(world: World, hour: number): AdminAction[] {
  const random = createRandom(`${world.seed}/offline/${hour}`);
  const { windowsLogon } = world.company;
  const actions = Array.from({ length: countInHour(world, "offlineEnrollment", hour) }, () => {
    const person = personAtWork(world.company, hour, random);
    const description = {
      user_agent: "DuoCredProv/5.1.0.0 (Windows NT 10.0.22631; x64; Workstation)",
      hostname: person.computer.hostname.replace("MB", "LT"),
      factor: random.pick(["duo_otp", "duo_otp", "security_key"]),
    };
    return {
      us: hour * HOUR_MS * 1000 + random.int(HOUR_MS * 1000),
      id: random.uuid(),
      action: random.weighted(ACTIONS).name,
      actor: {
        type: "user",
        key: person.key,
        name: person.username,
        v1Name: person.username,
        email: person.email,
        role: null,
      },
      target: { type: "integration", key: windowsLogon.key, name: windowsLogon.name },
      description,
      details: description,
      ip: person.homeIp,
      browser: null,
      failed: false,
    };
  });
  return repeated(actions, createRandom(`${world.seed}/offline/again/${hour}`));
}

/** An offline-access event as the v1 offline enrollment log tells it. */
export function offlineEnrollmentEvent(action: AdminAction): RawEvent {
  return {
    action: action.action,
    description: jsonText(action.description),
    isotimestamp: isoSeconds(action.us),
    object: action.target.name,
    timestamp: unixSeconds(action.us),
    username: action.actor.name,
  };
}
