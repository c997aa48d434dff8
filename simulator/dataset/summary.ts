import type { RawEvent } from "../streams.ts";
import { createRandom } from "./random.ts";
import { DAY_MS } from "./time.ts";
import type { World } from "./world.ts";

const CREDIT_CYCLE_DAYS = 30;

/**
 * The account summary at an instant. It is a gauge: users join and leave from day to day, and telephony credits
 * run down from minute to minute until they are bought anew.
 */
export function summaryAt(world: World, nowMs: number): RawEvent {
  const day = Math.floor(nowMs / DAY_MS);
  const random = createRandom(`${world.seed}/summary/${day}`);
  const creditsPerDay = Math.max(1, Math.round(world.perDay.telephony * 1.2));
  const usedDays = (nowMs / DAY_MS) % CREDIT_CYCLE_DAYS;
  const credits = creditsPerDay * (CREDIT_CYCLE_DAYS + 5) - Math.floor(creditsPerDay * usedDays);
  return {
    admin_count: world.company.admins.length,
    edition: "Duo Premier",
    integration_count: world.company.applications.length + (Math.floor(day / 11) % 3),
    telephony_credits_remaining: credits,
    user_count: world.company.people.length + random.int(Math.ceil(world.company.people.length / 50) + 1),
    user_pending_deletion_count: random.int(3),
  };
}
