import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { isPlaceholder } from "./is-placeholder.ts";
import { toText } from "./to-text.ts";

/** The ECS geo fields that a Duo location can fill. */
export interface Geo {
  readonly [name: string]: string;
}

/**
 * Gives the ECS geo fields of Duo's own `location` (`city`, `country`, `state`): no address database is asked.
 *
 * A country of two capitals is a code, anything else a name. Placeholders are left out.
 */
export function geo(location: Json | undefined): Geo | undefined {
  if (!isJsonObject(location)) return undefined;
  const city = place(location, "city");
  const region = place(location, "state");
  const country = place(location, "country");
  if (city === undefined && region === undefined && country === undefined) return undefined;
  const found: Record<string, string> = {};
  if (city !== undefined) found["city_name"] = city;
  if (country !== undefined) found[isCountryCode(country) ? "country_iso_code" : "country_name"] = country;
  if (region !== undefined) found["region_name"] = region;
  return found;
}

function place(location: JsonObject, key: string): string | undefined {
  const text = toText(location[key]);
  return text === undefined || isPlaceholder(text) ? undefined : text;
}

function isCountryCode(text: string): boolean {
  if (text.length !== 2) return false;
  const first = text.charCodeAt(0);
  const second = text.charCodeAt(1);
  return first >= 0x41 && first <= 0x5a && second >= 0x41 && second <= 0x5a;
}
