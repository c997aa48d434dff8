import type { RawEvent, StreamName } from "../streams.ts";
import { activityCount, activityEvent, activityOfHour } from "./activity.ts";
import { adminActionCount, adminActionsOfHour, administratorEvent } from "./administrator.ts";
import { attackLoginCount } from "./attack.ts";
import { authV1Event, missingInV1 } from "./auth-v1.ts";
import { vary } from "./auth-variants.ts";
import { authEvent } from "./auth.ts";
import { loginsOfHour } from "./logins.ts";
import { offlineActionsOfHour, offlineEnrollmentEvent } from "./offline-enrollment.ts";
import { createRandom } from "./random.ts";
import { callsOfHour, telephonyEvent, telephonyV1Event } from "./telephony.ts";
import type { LogRow } from "./timeline.ts";
import { anomaliesOfHour } from "./trust-monitor.ts";
import { countInHour, type World } from "./world.ts";

/** How a stream's rows are made from what happened in an hour. */
export interface Generator {
  readonly rowsOfHour: (hour: number) => readonly LogRow[];
  /** As many as `rowsOfHour` makes, for less work. */
  readonly countInHour: (hour: number) => number;
}

/** The generators of all streams; streams that tell of the same things are made from the same facts. */
export function createGenerators(world: World): Readonly<Record<StreamName, Generator>> {
  const authV1Rows = (hour: number): LogRow[] =>
    loginsOfHour(world, hour)
      .filter((login) => !missingInV1(login))
      .map((login) => row(login.us, login.txid, authV1Event(login)));
  return {
    authentication_v2: {
      rowsOfHour: (hour) => {
        const random = createRandom(`${world.seed}/auth/${hour}`);
        return loginsOfHour(world, hour).map((login) =>
          row(login.us, login.txid, vary(authEvent(login, random), random)),
        );
      },
      countInHour: (hour) => countInHour(world, "authentication", hour) + attackLoginCount(world, hour),
    },
    authentication_v1: { rowsOfHour: authV1Rows, countInHour: (hour) => authV1Rows(hour).length },
    activity_v2: {
      rowsOfHour: (hour) => {
        const random = createRandom(`${world.seed}/activity/event/${hour}`);
        return activityOfHour(world, hour).map((action) =>
          row(action.us, action.id, activityEvent(action, random, world.company.akey)),
        );
      },
      countInHour: (hour) => activityCount(world, hour),
    },
    administrator_v1: {
      rowsOfHour: (hour) =>
        adminActionsOfHour(world, hour).map((action) =>
          row(action.us, action.id, administratorEvent(action)),
        ),
      countInHour: (hour) => adminActionCount(world, hour),
    },
    offline_enrollment_v1: {
      rowsOfHour: (hour) =>
        offlineActionsOfHour(world, hour).map((action) =>
          row(action.us, action.id, offlineEnrollmentEvent(action)),
        ),
      countInHour: (hour) => countInHour(world, "offlineEnrollment", hour),
    },
    telephony_v2: {
      rowsOfHour: (hour) =>
        callsOfHour(world, hour).map((call) => row(call.us, call.id, telephonyEvent(call))),
      countInHour: (hour) => countInHour(world, "telephony", hour),
    },
    telephony_v1: {
      rowsOfHour: (hour) =>
        callsOfHour(world, hour).map((call) => row(call.us, call.id, telephonyV1Event(call))),
      countInHour: (hour) => countInHour(world, "telephony", hour),
    },
    trust_monitor: {
      rowsOfHour: (hour) =>
        anomaliesOfHour(world, hour).map(({ surfacedMs, sekey, event }) => ({
          ms: surfacedMs,
          id: sekey,
          event,
        })),
      countInHour: (hour) => countInHour(world, "trustMonitor", hour),
    },
  };
}

function row(us: number, id: string, event: RawEvent): LogRow {
  return { ms: Math.floor(us / 1000), id, event };
}
