import type { LateDelivery } from "./dataset/late-delivery.ts";
import type { EventsPerDay } from "./dataset/world.ts";
import type { RetiredStatus } from "./retirements.ts";
import type { StreamName } from "./streams.ts";

/** A permission of the Admin API application, as the Admin Panel names it. */
export type Permission = "Grant read log" | "Grant read information";

/** How many requests each endpoint answers. */
export interface RateLimit {
  /** Requests in a minute of the simulator's clock, counted for each account and endpoint; 1 or more. */
  readonly requestsPerMinute: number;
  /** `sliding`: in any 60 seconds (the default). `fixed`: in each minute of the clock, so twice as many around its end. */
  readonly minutes?: "sliding" | "fixed";
  /** Value of the `Retry-After` header in seconds; without it the header is not sent, as Duo does. */
  readonly retryAfterSeconds?: number;
}

/** An account that belongs to the main one. */
export interface ChildOptions {
  /** `DA` and 18 characters; by default made from the seed. */
  readonly accountId?: string;
  /** Default `Child <n>`. */
  readonly name?: string;
  /** Host that requests for the child may be signed for, besides the parent's; default `api-sim0000<n>.duosecurity.com`. */
  readonly apiHostname?: string;
  /** Default: as the parent. */
  readonly users?: number;
  /** Days of history before it was added. Default: as the parent. */
  readonly days?: number;
  /** Defaults as the parent, or growing with `users`. */
  readonly eventsPerDay?: Partial<EventsPerDay>;
}

/** What a simulator is started with; every option has a default. */
export interface SimulatorOptions {
  /** TCP port on 127.0.0.1; 0, the default, takes any free one. */
  readonly port?: number;
  /** Whole number; the same seed gives the same company and the same events. Default 1. */
  readonly seed?: number;
  /** People in the company, 1 to 1,000,000. Default 100. */
  readonly users?: number;
  /** Days of history before the start, 0 to 3,650. Default 30. */
  readonly days?: number;
  /** Events in an average day, 0 or more; fractions are possible. Defaults grow with `users`: five logins each. */
  readonly eventsPerDay?: Partial<EventsPerDay>;
  /** Whether a password spray with a push attack after it happens every third day. Default true. */
  readonly attacks?: boolean;
  /** Start of a clock that stands still until it is moved, milliseconds since 1970; by default the system clock is followed. */
  readonly nowMs?: number;
  /** The host that requests are signed for. Default `api-sim00000.duosecurity.com`. */
  readonly apiHostname?: string;
  /** `DI` and 18 upper-case letters or digits. Default `DISIMULATOR000000001`. */
  readonly integrationKey?: string;
  /** 40 letters or digits. Default `simulatorsecretkey0000000000000000000001`. */
  readonly secretKey?: string;
  /** How long rows stay readable, in days, above 0. Default 180. */
  readonly retentionDays?: number;
  /** How long new rows stay hidden, in milliseconds, 0 or more. Default 120,000. Trust Monitor has no such delay. */
  readonly availabilityDelayMs?: number;
  /** How far a request's date may be off, in milliseconds, 0 or more, `Infinity` for any. Default 300,000. */
  readonly skewToleranceMs?: number;
  /** Default: no limit. */
  readonly rateLimit?: RateLimit;
  /** Default: both. */
  readonly permissions?: readonly Permission[];
  /**
   * Kind of the application that the keys belong to: `admin` knows no child accounts, `accounts` reads nothing but
   * child accounts, `both` (the default) allows everything.
   */
  readonly applicationType?: "admin" | "accounts" | "both";
  /** A second application, of type `accounts`, beside the one of the other keys; default none. */
  readonly accountsApplication?: { readonly integrationKey: string; readonly secretKey: string };
  /** Addresses that may send requests; default: any. */
  readonly allowedIps?: readonly string[];
  /** Rows in a full page of a v1 log, 1 or more; Duo promises "more or fewer than 1,000". Default 1,000. */
  readonly listRowCountMax?: number;
  /** Shape of `total_objects`: `mixed` (the default) is a number for logins and an object for the other v2 logs. */
  readonly totalObjects?: "mixed" | "integer" | "object";
  /** Logs that do not answer from the beginning, with the HTTP status they answer instead. See also `retire`. */
  readonly retired?: Partial<Record<StreamName, RetiredStatus>>;
  /** A share of the generated events appears late, by default none; `upToMs` is 15 hours by default. */
  readonly lateDelivery?: Partial<LateDelivery>;
  /** Which part of the Trust Monitor events changes hours to days after they surfaced, 0 to 1. Default 0. */
  readonly trustMonitorChangeShare?: number;
  /** Accounts below the main one. Default none. */
  readonly children?: readonly ChildOptions[];
}

const LATE_UP_TO_MS = 15 * 3_600_000;

/** Options with every default filled in. */
export type Settings = Required<
  Omit<
    SimulatorOptions,
    "nowMs" | "rateLimit" | "allowedIps" | "accountsApplication" | "eventsPerDay" | "lateDelivery"
  >
> &
  Pick<SimulatorOptions, "nowMs" | "rateLimit" | "allowedIps" | "accountsApplication"> & {
    readonly eventsPerDay: EventsPerDay;
    readonly lateDelivery: LateDelivery;
  };

/**
 * Fills in the defaults.
 *
 * @throws Error that names the first option that is out of its range
 */
export function settingsOf(options: SimulatorOptions): Settings {
  const users = options.users ?? 100;
  const settings: Settings = {
    port: 0,
    seed: 1,
    days: 30,
    attacks: true,
    apiHostname: "api-sim00000.duosecurity.com",
    integrationKey: "DISIMULATOR000000001",
    secretKey: "simulatorsecretkey0000000000000000000001",
    retentionDays: 180,
    availabilityDelayMs: 120_000,
    skewToleranceMs: 300_000,
    permissions: ["Grant read log", "Grant read information"],
    applicationType: "both",
    listRowCountMax: 1000,
    totalObjects: "mixed",
    retired: {},
    children: [],
    trustMonitorChangeShare: 0,
    ...options,
    lateDelivery: { share: 0, upToMs: LATE_UP_TO_MS, ...options.lateDelivery },
    users,
    eventsPerDay: { ...eventsPerDayOf(users), ...options.eventsPerDay },
  };
  for (const rule of rules(settings)) check(rule);
  return settings;
}

/** The events of an average day in a company of this size. */
export function eventsPerDayOf(users: number): EventsPerDay {
  return {
    authentication: users * 5,
    telephony: users * 0.4,
    administrator: 20 + users * 0.1,
    offlineEnrollment: 1 + users * 0.03,
    activity: 5 + users * 0.1,
    trustMonitor: 2 + users * 0.01,
  };
}

interface Rule {
  readonly name: string;
  readonly value: number | string;
  readonly expected: string;
  readonly holds: boolean;
}

function rules(settings: Settings): Rule[] {
  const { port, seed, users, days, apiHostname, integrationKey, secretKey, rateLimit } = settings;
  const { retentionDays, availabilityDelayMs, skewToleranceMs, listRowCountMax, nowMs } = settings;
  const rule = (name: string, value: number | string, expected: string, holds: boolean): Rule => ({
    name,
    value,
    expected,
    holds,
  });
  return [
    rule(
      "port",
      port,
      "a whole number from 0 to 65535",
      Number.isInteger(port) && port >= 0 && port <= 65535,
    ),
    rule("seed", seed, "a whole number", Number.isSafeInteger(seed)),
    rule(
      "users",
      users,
      "a whole number from 1 to 1000000",
      Number.isInteger(users) && users >= 1 && users <= 1e6,
    ),
    rule("days", days, "a number from 0 to 3650", days >= 0 && days <= 3650),
    rule("nowMs", nowMs ?? 0, "milliseconds since 1970", Number.isFinite(nowMs ?? 0)),
    rule(
      "apiHostname",
      apiHostname,
      "a host name without scheme, port or path",
      /^[A-Za-z0-9.-]+$/.test(apiHostname),
    ),
    rule(
      "integrationKey",
      integrationKey,
      "DI and 18 upper-case letters or digits",
      isIntegrationKey(integrationKey),
    ),
    rule("secretKey", "<hidden>", "40 letters or digits", isSecretKey(secretKey)),
    rule("retentionDays", retentionDays, "a number above 0", retentionDays > 0),
    rule("availabilityDelayMs", availabilityDelayMs, "0 or more milliseconds", availabilityDelayMs >= 0),
    rule("skewToleranceMs", skewToleranceMs, "0 or more milliseconds", skewToleranceMs >= 0),
    rule(
      "listRowCountMax",
      listRowCountMax,
      "a whole number above 0",
      Number.isInteger(listRowCountMax) && listRowCountMax > 0,
    ),
    rule(
      "rateLimit.requestsPerMinute",
      rateLimit?.requestsPerMinute ?? 1,
      "1 or more",
      (rateLimit?.requestsPerMinute ?? 1) >= 1,
    ),
    ...dataSetRules(settings),
    ...Object.entries(settings.eventsPerDay).map(([kind, count]) =>
      rule(`eventsPerDay.${kind}`, count, "0 or more", count >= 0),
    ),
  ];
}

function dataSetRules({ lateDelivery, trustMonitorChangeShare, accountsApplication }: Settings): Rule[] {
  const rule = (name: string, value: number, expected: string, holds: boolean): Rule => ({
    name,
    value,
    expected,
    holds,
  });
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  const { share, upToMs } = lateDelivery;
  const keys = accountsApplication;
  return [
    rule("lateDelivery.share", share, "from 0 to 1", isShare(share)),
    rule("lateDelivery.upToMs", upToMs, "milliseconds above 0", upToMs > 0 && Number.isFinite(upToMs)),
    rule("trustMonitorChangeShare", trustMonitorChangeShare, "from 0 to 1", isShare(trustMonitorChangeShare)),
    {
      name: "accountsApplication",
      value: "<hidden>",
      expected: "an integration key and a secret key",
      holds: !keys || (isIntegrationKey(keys.integrationKey) && isSecretKey(keys.secretKey)),
    },
  ];
}

function isIntegrationKey(text: string): boolean {
  return /^DI[A-Z0-9]{18}$/.test(text);
}

/** True for text that has the shape of a secret key. */
export function isSecretKey(text: string): boolean {
  return /^[A-Za-z0-9]{40}$/.test(text);
}

function check({ name, value, expected, holds }: Rule): void {
  if (!holds) throw new Error(`Cannot start the simulator: option ${name} must be ${expected}, got ${value}`);
}
