import { OFFICES, type Office } from "./places.ts";
import type { Random } from "./random.ts";

/** The computer somebody works on. */
export interface Computer {
  readonly os: string;
  readonly osVersion: string;
  readonly browser: string;
  readonly browserVersion: string;
  readonly epkey: string;
  readonly hostname: string;
  readonly managed: boolean;
}

/** Somebody who works at the company. */
export interface Person {
  readonly key: string;
  readonly username: string;
  readonly realName: string;
  readonly email: string;
  readonly alias: string;
  readonly groups: readonly string[];
  readonly office: Office;
  readonly homeIp: string;
  /** As shown in the authentication log: `+33 6 39 98 12 34`. */
  readonly phoneLabel: string;
  /** As shown in the telephony log: `+33639981234`. */
  readonly phoneE164: string;
  readonly phoneKey: string;
  readonly factor: string;
  readonly computer: Computer;
}

const FIRST: readonly string[] =
  "Ada Grace João Zoë Björn Inês Łukasz Noémie Håkon Siân Omar Priya Wei Fatima Jürgen Chloé Mateus Aoife Kwame Yuki Elena Tom Ruth Malik".split(
    " ",
  );
const LAST: readonly string[] =
  "Morel Okafor Silva Müller Núñez Kowalski Nguyễn Fournier Østergaard O'Brien Patel Chen Haddad Weiß Lefèvre Almeida Walsh Mensah Tanaka Popescu Hughes Stone Iqbal Girard Baker Costa Meyer Laurent Evans Rossi".split(
    " ",
  );
const TEAMS: readonly string[] = [
  "Finance",
  "Ingénierie",
  "Sales (EMEA)",
  "Support",
  "Ops & SRE",
  "Legal",
  "R&D",
];
const FACTORS: readonly { readonly name: string; readonly weight: number }[] = [
  { name: "duo_push", weight: 62 },
  { name: "verified_duo_push", weight: 5 },
  { name: "WebAuthn Chrome Touch ID", weight: 8 },
  { name: "WebAuthn Security Key", weight: 4 },
  { name: "phone_call", weight: 4 },
  { name: "sms_passcode", weight: 5 },
  { name: "duo_mobile_passcode", weight: 7 },
  { name: "hardware_token", weight: 3 },
  { name: "yubikey_code", weight: 2 },
];
const COMPUTERS = [
  { os: "Windows", osVersion: "11", browser: "Edge Chromium", browserVersion: "133.0.3065.69", weight: 40 },
  { os: "Windows", osVersion: "11", browser: "Chrome", browserVersion: "133.0.6943.98", weight: 20 },
  { os: "Mac OS X", osVersion: "15.3.1", browser: "Safari", browserVersion: "18.3", weight: 18 },
  { os: "Mac OS X", osVersion: "15.3.1", browser: "Chrome", browserVersion: "133.0.6943.98", weight: 12 },
  { os: "Linux", osVersion: "6.8", browser: "Firefox", browserVersion: "135.0", weight: 6 },
  { os: "iOS", osVersion: "18.3", browser: "Mobile Safari", browserVersion: "18.3", weight: 4 },
] as const;

/** Invents the person with this number; the number keeps user names apart. */
export function createPerson(random: Random, number: number): Person {
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  const office = random.weighted(OFFICES);
  const username = plain(`${first[0]}${last}`) + (number === 0 ? "" : String(number));
  const phoneLabel = office.phone.replace(/#/g, () => String(random.int(10)));
  const computer = random.weighted(COMPUTERS);
  return {
    key: random.key("DU"),
    username,
    realName: `${first} ${last}`,
    email: `${plain(first)}.${plain(last)}${number}@nordwind.example`,
    alias: random.chance(0.1) ? `${plain(last)}.${plain(first)}` : "",
    groups: groupsOf(random),
    office,
    homeIp: homeIp(random),
    phoneLabel,
    phoneE164: phoneLabel.replace(/[^+\d]/g, ""),
    phoneKey: random.key("DP"),
    factor: random.weighted(FACTORS).name,
    computer: {
      ...computer,
      epkey: random.key("EP"),
      hostname: `${computer.os === "Windows" ? "LT" : "MB"}-${String(number).padStart(4, "0")}`,
      managed: random.chance(0.8),
    },
  };
}

function groupsOf(random: Random): string[] {
  const groups = ['Staff (from AD sync "NORDWIND AD")', random.pick(TEAMS)];
  if (random.chance(0.5)) groups.push("VPN Users");
  if (random.chance(0.05)) groups.push("Externe Mitarbeiter – Zürich");
  return groups;
}

/** Addresses kept for benchmarks (198.18.0.0/15) and documentation (2001:db8::/32): they belong to nobody. */
function homeIp(random: Random): string {
  if (random.chance(0.12))
    return `2001:db8:${random.int(65536).toString(16)}::${(random.int(65535) + 1).toString(16)}`;
  return `198.${18 + random.int(2)}.${random.int(256)}.${1 + random.int(254)}`;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace("ø", "o")
    .replace("ł", "l")
    .replace("ß", "ss")
    .normalize("NFD")
    .replace(/[^a-z]/g, "");
}
