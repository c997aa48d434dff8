import type { JsonObject } from "../core/json.ts";
import { parseTimestamp } from "./parse-timestamp.ts";
import type { Tags } from "./tags.ts";

const SECOND_US = 1_000_000;

/**
 * Chooses the time of an event among its candidate keys, in the order given.
 *
 * The first readable one is the time; if it is a whole second, a later candidate that names the same second
 * with a fraction is taken instead (`isotimestamp` refines `timestamp`). Unreadable ones are noted in `tags`.
 *
 * @returns microseconds since 1970, or undefined when no candidate can be read
 */
export function chooseTimestamp(event: JsonObject, keys: readonly string[], tags: Tags): number | undefined {
  let chosen: number | undefined;
  for (const key of keys) {
    const value = event[key];
    if (value === undefined || value === null || value === "") continue;
    const us = parseTimestamp(value);
    if (us === undefined) {
      tags.malformed(key);
    } else if (
      chosen === undefined ||
      (chosen % SECOND_US === 0 && us - chosen > 0 && us - chosen < SECOND_US)
    ) {
      chosen = us;
    }
  }
  return chosen;
}
