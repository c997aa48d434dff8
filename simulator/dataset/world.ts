import type { Company } from "./company.ts";
import { createRandom } from "./random.ts";
import { hourShare } from "./rhythm.ts";

/** How many events of each kind a working company makes in an average day. */
export interface EventsPerDay {
  readonly authentication: number;
  /** Telephone calls and text messages; most belong to a login. */
  readonly telephony: number;
  /** Actions of administrators, directory sync and API clients. */
  readonly administrator: number;
  readonly offlineEnrollment: number;
  /** Actions that only the activity log has: self-service, devices, exports. */
  readonly activity: number;
  readonly trustMonitor: number;
}

/** Everything the events of one account follow from. */
export interface World {
  /** The seed with the account in it. */
  readonly seed: string;
  readonly company: Company;
  readonly perDay: EventsPerDay;
  /** Whether attacks are made on the company now and then. */
  readonly attacks: boolean;
}

/**
 * How many events of a kind an hour has, without making them: the fraction of the mean decides by chance
 * whether there is one more, so that rare kinds appear too.
 */
export function countInHour(world: World, kind: keyof EventsPerDay, hour: number): number {
  const mean = world.perDay[kind] * hourShare(hour, world.company.utcOffsetsHours);
  return Math.floor(mean + createRandom(`${world.seed}/count/${kind}/${hour}`).next());
}
