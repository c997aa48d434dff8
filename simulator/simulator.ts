import { createAccounts } from "./accounts.ts";
import { createClock, type SimulatorClock } from "./clock.ts";
import { exchange } from "./exchange.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createInject, type Inject } from "./inject.ts";
import { createLateRows } from "./late-rows.ts";
import { accountOf, createLedger, type Ledger } from "./ledger.ts";
import { isSecretKey, settingsOf, type SimulatorOptions } from "./options.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { startServer } from "./server.ts";
import { STREAMS } from "./streams.ts";

/** A running fake of the Duo Admin API. */
export interface Simulator extends AsyncDisposable {
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
  readonly children: readonly {
    readonly accountId: string;
    readonly name: string;
    readonly apiHostname: string;
  }[];
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
  const accounts = createAccounts(settings, { clock, lateRows });
  const retainedFromMs = (): number => clock.nowMs() - settings.retentionDays * 86_400_000;
  const faults = createFaults({
    seed: settings.seed,
    lateRows,
    lateFromMs: (stream) =>
      clock.nowMs() + 1 - (stream?.delayed === false ? 0 : settings.availabilityDelayMs),
  });
  const ledger = createLedger(accounts, retainedFromMs);
  const inject = createInject((accountId) => accountOf(accounts, accountId), clock.nowMs);
  let secretKey = settings.secretKey;
  const main = accountOf(accounts, undefined);
  const { apiHostname, integrationKey } = settings;
  const facts = {
    apiHostname,
    integrationKey,
    accountId: main.accountId,
    children: accounts
      .slice(1)
      .map(({ accountId, name, apiHostname: host }) => ({ accountId, name, apiHostname: host })),
  };
  const setSecretKey = (next: string): void => {
    if (!isSecretKey(next)) throw new Error("Cannot set the secret key: expected 40 letters or digits");
    secretKey = next;
  };
  const info = (): unknown => ({
    ...facts,
    secretKey,
    nowMs: clock.nowMs(),
    streams: STREAMS.map(({ name, path }) => ({ name, path })),
  });
  const gate = {
    settings,
    secretKey: () => secretKey,
    accounts,
    limit: createRateLimiter(settings.rateLimit),
  };
  const { port, stop } = await startServer({
    port: settings.port,
    nowMs: clock.nowMs,
    answer: (request) => exchange(request, { gate: { ...gate, nowMs: clock.nowMs() }, faults }),
    record: ledger.record,
    control: { clock, faults, ledger, inject, setSecretKey, info },
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ...facts,
    secretKey: () => secretKey,
    setSecretKey,
    clock,
    faults: { add: faults.add, clear: faults.clear, list: faults.list },
    ledger,
    inject,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
