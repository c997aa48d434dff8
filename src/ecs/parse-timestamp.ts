import type { Json } from "../core/json.ts";
import { parseIsoTime } from "./parse-iso-time.ts";

// 2000-01-01 and 2100-01-01; what lies outside is a unit mistaken or a clock never set.
const FIRST_US = 946_684_800_000_000;
const END_US = 4_102_444_800_000_000;

// Longer text is no time; the bound keeps hostile text away from the patterns.
const TEXT_LENGTH_MAX = 100;
const DECIMAL = /^-?(\d{1,18})(?:\.(\d+))?$/;

/**
 * Reads an instant in any of the forms that Duo has been seen to use.
 *
 * Numbers, and text that is a number, are seconds below 10^11, milliseconds below 10^14, microseconds below
 * 10^17; other text is an ISO date and time, without zone UTC. A fraction beyond microseconds is cut.
 *
 * @returns microseconds since 1970; undefined when unreadable, before 2000 or from 2100 on
 */
export function parseTimestamp(value: Json): number | undefined {
  let us: number | undefined;
  if (typeof value === "number") {
    // The shortest decimal that gives this double is the number as Duo wrote it.
    us = Number.isInteger(value) ? scale(value, undefined) : parseDecimal(String(value));
  } else if (typeof value === "string" && value.length <= TEXT_LENGTH_MAX) {
    const text = value.trim();
    us = isDigitOrSign(text.charCodeAt(0)) ? (parseIsoTime(text) ?? parseDecimal(text)) : undefined;
  }
  return us !== undefined && us >= FIRST_US && us < END_US ? us : undefined;
}

function isDigitOrSign(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d;
}

function parseDecimal(text: string): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null || text.startsWith("-")) return undefined;
  return scale(Number(match[1]), match[2]);
}

/** Scales to microseconds by size; the digits of the fraction are taken as text, so none is rounded. */
function scale(whole: number, fraction: string | undefined): number | undefined {
  if (whole < 1e11) return whole * 1e6 + digits(fraction, 6);
  if (whole < 1e14) return whole * 1e3 + digits(fraction, 3);
  return whole < 1e17 ? whole : undefined;
}

function digits(fraction: string | undefined, count: number): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, count).padEnd(count, "0"));
}
