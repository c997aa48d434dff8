import { createPerson, type Person } from "./person.ts";
import { OFFICES } from "./places.ts";
import { createRandom, type Random } from "./random.ts";
import { BUSIEST, localWeight } from "./rhythm.ts";

/** An application protected by Duo. `browser` says whether its logins carry browser data. */
export interface Application {
  readonly key: string;
  readonly name: string;
  readonly browser: boolean;
  readonly weight: number;
}

/** Somebody, or a program, who acts in the Admin Panel. */
export interface Admin {
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly phone: string;
}

/** The company whose logs the simulator has. */
export interface Company {
  /** The account's key, `DA…`; Accounts API calls it account_id. */
  readonly akey: string;
  readonly people: readonly Person[];
  readonly applications: readonly Application[];
  readonly windowsLogon: Application;
  readonly admins: readonly Admin[];
  readonly policies: readonly { readonly key: string; readonly name: string }[];
  readonly directory: { readonly key: string; readonly name: string };
  readonly provisioning: { readonly key: string; readonly name: string };
  readonly utcOffsetsHours: readonly number[];
}

const APPLICATIONS: readonly (readonly [string, boolean, number])[] = [
  ["Microsoft 365", true, 30],
  ["Intranet VPN", true, 20],
  ["User Portal", true, 3],
  ["Salesforce", true, 10],
  ["GitHub Enterprise", true, 8],
  ['Café & Catering "Kantine"', true, 2],
  ["RADIUS - Jump host", false, 6],
  ["UNIX Application", false, 5],
  ["LDAP Proxy (Wi-Fi)", false, 6],
  ["Windows Logon - Laptops", false, 10],
];
const ADMINS: readonly (readonly [string, string])[] = [
  ["Grace Okafor", "Owner"],
  ["Björn Ångström", "Administrator"],
  ["Inês d'Almeida", "User Manager"],
  ["Wei Chen", "Help Desk"],
  ["Security Analytics", "Read-only"],
];
const POLICIES: readonly string[] = ["Global Policy", 'Strict "no SMS"', "Contractors", "VPN – Zürich"];

/** Invents the company of a seed; the same seed gives the same company. */
export function createCompany(seed: string, userCount: number): Company {
  const random = createRandom(`${seed}/company`);
  const applications = APPLICATIONS.map(([name, browser, weight]) => ({
    key: random.key("DI"),
    name,
    browser,
    weight,
  }));
  return {
    akey: random.key("DA"),
    applications,
    windowsLogon: applications[applications.length - 1] as Application,
    admins: ADMINS.map(([name, role]) => ({
      key: random.key("DE"),
      name,
      email: `${name.toLowerCase().replace(/[^a-z]+/g, ".")}@nordwind.example`,
      role,
      phone: `+44 20 7946 0${100 + random.int(900)}`,
    })),
    policies: POLICIES.map((name) => ({ key: random.key("PO"), name })),
    directory: { key: random.key("DS"), name: "NORDWIND AD" },
    provisioning: { key: random.key("DI"), name: "Provisioning" },
    people: Array.from({ length: userCount }, (_, number) => createPerson(random, number)),
    utcOffsetsHours: OFFICES.map((office) => office.utcOffsetHours),
  };
}

/** Somebody who is likely to be at work in this hour. */
export function personAtWork(company: Company, hour: number, random: Random): Person {
  let person = random.pick(company.people);
  for (let attempt = 0; attempt < 6; attempt += 1) {
    if (random.next() * BUSIEST < localWeight(hour, person.office.utcOffsetHours)) break;
    person = random.pick(company.people);
  }
  return person;
}
