import type { SimulatorClock } from "./clock.ts";
import { createAccount, type Account, type AccountSource } from "./dataset/account.ts";
import { createRandom } from "./dataset/random.ts";
import { DAY_MS, HOUR_MS } from "./dataset/time.ts";
import type { LateRows } from "./late-rows.ts";
import { eventsPerDayOf, type ChildOptions, type Settings } from "./options.ts";

/** Makes the main account and, after it, its children. */
export function createAccounts(
  settings: Settings,
  shared: { readonly clock: SimulatorClock; readonly lateRows: LateRows },
): Account[] {
  const startMs = Math.floor((shared.clock.nowMs() - settings.days * DAY_MS) / HOUR_MS) * HOUR_MS;
  const { attacks, availabilityDelayMs } = settings;
  const common = { ...shared, startMs, attacks, availabilityDelayMs };
  const main: AccountSource = {
    ...common,
    seed: String(settings.seed),
    accountId: undefined,
    name: "Nordwind",
    apiHostname: settings.apiHostname,
    users: settings.users,
    eventsPerDay: settings.eventsPerDay,
  };
  const children = settings.children.map((child, index) => {
    return { ...common, ...childSource(settings, { child, number: index + 1 }) };
  });
  return [main, ...children].map(createAccount);
}

/** A child's events follow from its number, so that each child has its own. */
function childSource(
  settings: Settings,
  { child, number }: { readonly child: ChildOptions; readonly number: number },
): Omit<AccountSource, "clock" | "lateRows" | "startMs" | "attacks" | "availabilityDelayMs"> {
  const seed = `${settings.seed}/child/${number}`;
  const users = child.users ?? settings.users;
  return {
    seed,
    accountId: child.accountId ?? createRandom(`${seed}/account`).key("DA"),
    name: child.name ?? `Child ${number}`,
    apiHostname: child.apiHostname ?? `api-sim${String(number).padStart(5, "0")}.duosecurity.com`,
    users,
    eventsPerDay: users === settings.users ? settings.eventsPerDay : eventsPerDayOf(users),
  };
}
