import type { SimulatorClock } from "./clock.ts";
import { createAccount, type Account, type AccountSource } from "./dataset/account.ts";
import { createRandom } from "./dataset/random.ts";
import { DAY_MS, HOUR_MS } from "./dataset/time.ts";
import type { LateRows } from "./late-rows.ts";
import { eventsPerDayOf, type ChildOptions, type Settings } from "./options.ts";

/** The main account and its children. */
export interface Family {
  /** The main account first, then the children in the order in which they came; grows with `add`. */
  readonly accounts: readonly Account[];
  /**
   * Adds a child.
   *
   * @throws Error when another account has its id or host
   */
  readonly add: (child: ChildOptions) => Account;
}

/** Makes the main account and the children of the settings. Throws Error when two have the same id or host. */
export function createFamily(
  settings: Settings,
  shared: { readonly clock: SimulatorClock; readonly lateRows: LateRows },
): Family {
  const { attacks, availabilityDelayMs, lateDelivery, trustMonitorChangeShare } = settings;
  const startMs = (days: number): number =>
    Math.floor((shared.clock.nowMs() - days * DAY_MS) / HOUR_MS) * HOUR_MS;
  const common = { ...shared, attacks, availabilityDelayMs, lateDelivery, trustMonitorChangeShare };
  const main = createAccount({
    ...common,
    startMs: startMs(settings.days),
    seed: String(settings.seed),
    accountId: undefined,
    name: "Nordwind",
    apiHostname: settings.apiHostname,
    users: settings.users,
    eventsPerDay: settings.eventsPerDay,
  });
  const accounts = [main];
  const add = (child: ChildOptions): Account => {
    const own = childSource(settings, { child, number: accounts.length });
    const account = createAccount({ ...common, ...own, startMs: startMs(child.days ?? settings.days) });
    assertNew(account, accounts);
    accounts.push(account);
    return account;
  };
  settings.children.forEach(add);
  return { accounts, add };
}

/** A child's events follow from its number, so that each child has its own. */
function childSource(
  settings: Settings,
  { child, number }: { readonly child: ChildOptions; readonly number: number },
): Pick<AccountSource, "seed" | "accountId" | "name" | "apiHostname" | "users" | "eventsPerDay"> {
  const seed = `${settings.seed}/child/${number}`;
  const users = child.users ?? settings.users;
  const usual = users === settings.users ? settings.eventsPerDay : eventsPerDayOf(users);
  return {
    seed,
    accountId: child.accountId ?? createRandom(`${seed}/account`).key("DA"),
    name: child.name ?? `Child ${number}`,
    apiHostname: child.apiHostname ?? `api-sim${String(number).padStart(5, "0")}.duosecurity.com`,
    users,
    eventsPerDay: { ...usual, ...child.eventsPerDay },
  };
}

function assertNew({ accountId, apiHostname }: Account, accounts: readonly Account[]): void {
  if (accounts.some((one) => one.accountId === accountId))
    throw new Error(`Cannot add the account: its id is taken, got ${accountId}`);
  if (accounts.some((one) => one.apiHostname.toLowerCase() === apiHostname.toLowerCase()))
    throw new Error(`Cannot add the account: its host is taken, got ${apiHostname}`);
}
