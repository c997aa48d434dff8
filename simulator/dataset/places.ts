/** A place as the logs name it. */
export type Place = { readonly city: string; readonly country: string; readonly state: string };

/** An office of the company: where it is, its clock, its address range and how it writes telephone numbers. */
export interface Office {
  readonly place: Place;
  readonly utcOffsetHours: number;
  readonly weight: number;
  readonly ip: string;
  /** `#` stands for a digit; numbers ranges are those that national plans keep free for fiction where there are any. */
  readonly phone: string;
}

/** Offices, with their share of the staff. */
export const OFFICES: readonly Office[] = [
  office(["Lyon", "France", "Auvergne-Rhône-Alpes"], {
    utc: 1,
    weight: 35,
    ip: "203.0.113.24",
    phone: "+33 6 39 98 ## ##",
  }),
  office(["London", "United Kingdom", "England"], {
    utc: 0,
    weight: 25,
    ip: "203.0.113.65",
    phone: "+44 7700 900###",
  }),
  office(["Porto", "Portugal", "Porto"], {
    utc: 0,
    weight: 10,
    ip: "203.0.113.97",
    phone: "+351 912 ### ###",
  }),
  office(["Zürich", "Switzerland", "Zürich"], {
    utc: 1,
    weight: 10,
    ip: "203.0.113.130",
    phone: "+41 78 ### ## ##",
  }),
  office(["Ann Arbor", "United States", "Michigan"], {
    utc: -5,
    weight: 20,
    ip: "203.0.113.161",
    phone: "+1 (734) 555-01##",
  }),
];

/** Where staff travel to, and where nobody expects them. */
export const TRAVEL: readonly Place[] = [
  { city: "Osaka", country: "Japan", state: "Osaka" },
  { city: "São Paulo", country: "Brazil", state: "São Paulo" },
  { city: "Kraków", country: "Poland", state: "Małopolskie" },
  { city: "Toronto", country: "Canada", state: "Ontario" },
  { city: "Singapore", country: "Singapore", state: "Singapore" },
];

/** Where the attacks come from. */
export const ATTACKER_PLACES: readonly Place[] = [
  { city: "Chișinău", country: "Moldova", state: "Chișinău" },
  { city: "Amsterdam", country: "Netherlands", state: "North Holland" },
  { city: "Lagos", country: "Nigeria", state: "Lagos" },
];

function office(
  [city, country, state]: readonly [string, string, string],
  rest: { readonly utc: number; readonly weight: number; readonly ip: string; readonly phone: string },
): Office {
  const { utc, weight, ip, phone } = rest;
  return { place: { city, country, state }, utcOffsetHours: utc, weight, ip, phone };
}
