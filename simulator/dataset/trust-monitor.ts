import type { RawEvent } from "../streams.ts";
import { authEvent } from "./auth.ts";
import type { Admin } from "./company.ts";
import type { Login } from "./login.ts";
import { loginsOfHour } from "./logins.ts";
import { createRandom, type Random } from "./random.ts";
import { HOUR_MS } from "./time.ts";
import { countInHour, type World } from "./world.ts";

/** An event that Trust Monitor brought to the surface. */
export interface Anomaly {
  /** Milliseconds since 1970. */
  readonly surfacedMs: number;
  readonly sekey: string;
  readonly event: RawEvent;
}

/** The anomalies of an hour; those about logins show one of the hour before, which had to be judged first. */
export function anomaliesOfHour(world: World, hour: number): Anomaly[] {
  const random = createRandom(`${world.seed}/anomaly/${hour}`);
  const count = countInHour(world, "trustMonitor", hour);
  if (count === 0) return [];
  const logins = loginsOfHour(world, hour - 1);
  const notable = logins.filter((login) => login.attack || login.result === "fraud" || travelled(login));
  return Array.from({ length: count }, (_, index) => {
    const surfacedMs = hour * HOUR_MS + random.int(HOUR_MS);
    const sekey = random.key("SE");
    const login = notable[index] ?? logins[index];
    const body =
      login && random.chance(0.75) ? authBody(login, sekey, random) : otherBody(world, surfacedMs, random);
    return { surfacedMs, sekey, event: sorted({ ...common(surfacedMs, sekey, random), ...body }) };
  });
}

function common(surfacedMs: number, sekey: string, random: Random): RawEvent {
  const processed = random.chance(0.3);
  return {
    priority_event: random.chance(0.3),
    priority_reasons: random.chance(0.3) ? [{ label: "JP", type: "country" }] : [],
    sekey,
    state: processed ? "processed" : "new",
    state_updated_timestamp: processed ? surfacedMs + 4_500_000 : null,
    surfaced_timestamp: surfacedMs,
    triaged_as_interesting: processed && random.chance(0.5),
  };
}

function authBody(login: Login, sekey: string, random: Random): RawEvent {
  const event = authEvent(login, random);
  const isotimestamp = `${String(event["isotimestamp"]).slice(0, 23)}+00:00`;
  const kind = random.pick(["NEW_COUNTRY_CODE", "NEW_NETBLOCK", "NEW_IKEY"]);
  return {
    explanations: [{ summary: `${login.username} has not logged in this way recently`, type: kind }],
    from_common_netblock: !login.attack,
    from_new_user: login.person === undefined,
    low_risk_ip: false,
    surfaced_auth: {
      ...event,
      event_type: null,
      isotimestamp,
      ood_software: "",
      trusted_endpoint_status: null,
    },
    triage_event_uri: `https://admin-sim00000.duosecurity.com/trust-monitor?sekey=${sekey}`,
    type: "auth",
  };
}

function otherBody({ company }: World, surfacedMs: number, random: Random): RawEvent {
  const person = random.pick(company.people);
  if (random.chance(0.5)) {
    const summary = `${person.username} registered a device with an out-of-date OS`;
    return { explanations: [{ summary, type: "REGISTER_OS_OUTDATED" }], type: "device_registration" };
  }
  const admin = random.pick<Admin>(company.admins);
  return {
    bypass_status_enabled: surfacedMs - 2,
    enabled_by: { key: admin.key, name: admin.name },
    enabled_for: { key: person.key, name: person.username },
    type: "bypass_status",
  };
}

function travelled(login: Login): boolean {
  return login.person !== undefined && login.place !== login.person.office.place;
}

function sorted(event: RawEvent): RawEvent {
  return Object.fromEntries(Object.entries(event).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
