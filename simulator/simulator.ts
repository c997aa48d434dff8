import { createFamily } from "./accounts.ts";
import type { Application } from "./admission.ts";
import { createClock, type SimulatorClock } from "./clock.ts";
import { exchange } from "./exchange.ts";
import type { Account } from "./dataset/account.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createInject, type Inject } from "./inject.ts";
import { createLateRows } from "./late-rows.ts";
import { accountOf, createLedger, type Ledger } from "./ledger.ts";
import {
  isSecretKey,
  settingsOf,
  type ChildOptions,
  type Settings,
  type SimulatorOptions,
} from "./options.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { createRetirements, type Retirements } from "./retirements.ts";
import { startServer } from "./server.ts";
import { STREAMS } from "./streams.ts";

/** An account below the main one. */
export interface Child {
  readonly accountId: string;
  readonly name: string;
  readonly apiHostname: string;
}

/** A running fake of the Duo Admin API. */
export interface Simulator extends AsyncDisposable, Retirements {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** The host that requests must be signed for. */
  readonly apiHostname: string;
  readonly integrationKey: string;
  /** The secret key that is valid now. */
  readonly secretKey: () => string;
  /** Makes another secret key the valid one, at once. Throws Error when it is not 40 letters or digits. */
  readonly setSecretKey: (secretKey: string) => void;
  /** The main account's id, `DA…`. */
  readonly accountId: string;
  /** The accounts below the main one, in the order in which they came. */
  readonly children: readonly Child[];
  /** Adds an account while the simulator runs. Throws Error when another one has its id or host. */
  readonly addChild: (options?: ChildOptions) => Child;
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly inject: Inject;
  /** Closes the port and every connection, also those that hang. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a simulator on 127.0.0.1.
 *
 * @throws Error when an option is out of its range or the port is taken
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = settingsOf(options);
  const clock = createClock(settings.nowMs);
  const lateRows = createLateRows(settings.seed);
  const family = createFamily(settings, { clock, lateRows });
  const { accounts } = family;
  const retirements = createRetirements(settings.retired, clock.nowMs);
  const retainedFromMs = (): number => clock.nowMs() - settings.retentionDays * 86_400_000;
  const faults = createFaults({
    seed: settings.seed,
    lateRows,
    lateFromMs: (stream) =>
      clock.nowMs() + 1 - (stream?.delayed === false ? 0 : settings.availabilityDelayMs),
  });
  const ledger = createLedger(accounts, { retainedFromMs, nowMs: clock.nowMs });
  const inject = createInject((accountId) => accountOf(accounts, accountId), clock.nowMs);
  let secretKey = settings.secretKey;
  const main = accountOf(accounts, undefined);
  const { apiHostname, integrationKey } = settings;
  const facts = { apiHostname, integrationKey, accountId: main.accountId };
  const children = (): Child[] => accounts.slice(1).map(childOf);
  const addChild = (child: ChildOptions = {}): Child => childOf(family.add(child));
  const setSecretKey = (next: string): void => {
    if (!isSecretKey(next)) throw new Error("Cannot set the secret key: expected 40 letters or digits");
    secretKey = next;
  };
  const info = (): unknown => ({
    ...facts,
    children: children(),
    secretKey,
    nowMs: clock.nowMs(),
    streams: STREAMS.map(({ name, path }) => ({ name, path })),
  });
  const gate = {
    settings,
    applications: () => applicationsOf(settings, secretKey),
    retirements,
    accounts,
    limit: createRateLimiter(settings.rateLimit),
  };
  const { port, stop } = await startServer({
    port: settings.port,
    nowMs: clock.nowMs,
    answer: (request) => exchange(request, { gate: { ...gate, nowMs: clock.nowMs() }, faults }),
    record: ledger.record,
    control: { clock, faults, ledger, inject, retirements, addChild, setSecretKey, info },
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ...facts,
    get children() {
      return children();
    },
    addChild,
    secretKey: () => secretKey,
    setSecretKey,
    clock,
    faults: { add: faults.add, clear: faults.clear, list: faults.list },
    ledger,
    inject,
    retire: retirements.retire,
    restore: retirements.restore,
    retired: retirements.retired,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function childOf({ accountId, name, apiHostname }: Account): Child {
  return { accountId, name, apiHostname };
}

/** The keys that are valid now. */
function applicationsOf(settings: Settings, secretKey: string): Application[] {
  const { integrationKey, applicationType: type, accountsApplication } = settings;
  const main = { integrationKey, secretKey, type };
  return accountsApplication ? [main, { ...accountsApplication, type: "accounts" }] : [main];
}
