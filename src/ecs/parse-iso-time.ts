// Microseconds.
const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ZERO = 0x30;
const FORM = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?$/;
const BLANKS_AROUND_COLON = /\s*:\s*/g;
const DAYS_IN_MONTH: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads an ISO 8601 date and time: `T` or a blank between them, an optional fraction (cut to microseconds, never
 * rounded), an optional zone `Z`, `±hh`, `±hh:mm` or `±hhmm`; without a zone it is UTC.
 *
 * Blanks around colons are passed over, because published samples of Duo's logs have them.
 *
 * @param text without blanks at its ends
 * @returns microseconds since 1970, or undefined when the text has another form or names no day or time
 */
export function parseIsoTime(text: string): number | undefined {
  const fast = parseUtc(text);
  if (fast !== undefined) return fast;
  const match = FORM.exec(
    text.includes(" :") || text.includes(": ") ? text.replace(BLANKS_AROUND_COLON, ":") : text,
  );
  if (match === null) return undefined;
  const [, clock = "", fraction = "", sign, hours = "0", minutes = "0"] = match;
  const local = parseClock(clock);
  if (local === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = Number(hours) * HOUR + Number(minutes) * MINUTE;
  const us = local + Number(fraction.slice(0, 6).padEnd(6, "0"));
  return sign === "-" ? us + offset : us - offset;
}

/** The one form that current endpoints send, `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`, without a regular expression. */
function parseUtc(text: string): number | undefined {
  if (text.length !== 32 || text.charCodeAt(19) !== 0x2e || !text.endsWith("+00:00")) return undefined;
  const us = parseClock(text);
  if (us === undefined) return undefined;
  const high = number3(text, 20);
  const low = number3(text, 23);
  return high < 0 || low < 0 ? undefined : us + high * 1000 + low;
}

/** Reads the first 19 characters, `YYYY-MM-DDTHH:MM:SS`. */
function parseClock(text: string): number | undefined {
  const separator = text.charCodeAt(10);
  if (separator !== 0x54 && separator !== 0x20 && separator !== 0x74) return undefined;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return undefined;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined;
  const century = number2(text, 0);
  const yearOfCentury = number2(text, 2);
  const month = number2(text, 5);
  const day = number2(text, 8);
  const hour = number2(text, 11);
  const minute = number2(text, 14);
  const second = number2(text, 17);
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  const year = century * 100 + yearOfCentury;
  if (day > daysInMonth(year, month)) return undefined;
  return daysSince1970(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND;
}

function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : (DAYS_IN_MONTH[month - 1] as number);
}

/** Days between 1970-01-01 and a day of the Gregorian calendar; the year is counted from March. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Two digits as a number; negative when either is none. */
function number2(text: string, index: number): number {
  const high = text.charCodeAt(index) - ZERO;
  const low = text.charCodeAt(index + 1) - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}

/** Three digits as a number; negative when one is none. */
function number3(text: string, index: number): number {
  const high = number2(text, index);
  const low = text.charCodeAt(index + 2) - ZERO;
  return high >= 0 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}
