const US_PER_DAY = 86_400_000_000;
const MS_PER_DAY = 86_400_000;
const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|[+]00(?::?00)?)?$/;

/**
 * An instant as day since 1970 and microsecond of that day: in one number, microseconds after the year 2255 would
 * lose digits, and a bound that is off by one hides rows.
 */
export interface Instant {
  readonly day: number;
  readonly usOfDay: number;
}

/**
 * Reads `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`; undefined where the text is no such instant.
 * A blank for `T`, and `+00` or nothing for `Z`, as DuckDB prints them, are understood as well.
 */
export function instantOf(text: string): Instant | undefined {
  // Every row has a few of the plain form; the pattern costs ten times as much.
  return readPlain(text) ?? readAny(text);
}

const ZERO = 48;
const POINT = 46;
const PLAIN_LENGTH_MIN = "YYYY-MM-DDTHH:MM:SSZ".length;
const PLAIN_LENGTH_MAX = "YYYY-MM-DDTHH:MM:SS.ffffffZ".length;
/** Where the plain form has no digit, and what stands there. */
const MARKS: readonly (readonly [at: number, mark: string])[] = [
  [4, "-"],
  [7, "-"],
  [10, "T"],
  [13, ":"],
  [16, ":"],
];

function readPlain(text: string): Instant | undefined {
  const { length } = text;
  if (length < PLAIN_LENGTH_MIN || length > PLAIN_LENGTH_MAX || text[length - 1] !== "Z") return undefined;
  for (const [at, mark] of MARKS) if (text[at] !== mark) return undefined;
  const day = civilDays(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (day === undefined || !(hour < 24 && minute < 60 && second < 60)) return undefined;
  let us = 0;
  if (length > PLAIN_LENGTH_MIN) {
    // 1 to 6 digits behind the point; a point alone is none.
    us = text.charCodeAt(19) === POINT && length > 21 ? digits(text, 20, length - 1) : Number.NaN;
    if (Number.isNaN(us)) return undefined;
    for (let count = length - 21; count < 6; count += 1) us *= 10;
  }
  return { day, usOfDay: ((hour * 60 + minute) * 60 + second) * 1_000_000 + us };
}

/** The number that the digits from `from` to before `to` are; NaN where one of them is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function readAny(text: string): Instant | undefined {
  const match = INSTANT.exec(text);
  const day = match === null ? undefined : dateDays(match[1] ?? "");
  if (match === null || day === undefined) return undefined;
  const hour = Number(match[2]);
  const minute = Number(match[3]);
  const second = Number(match[4]);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const us = Number((match[5] ?? "").padEnd(6, "0"));
  return { day, usOfDay: ((hour * 60 + minute) * 60 + second) * 1_000_000 + us };
}

/** Microseconds since 1970, exact. */
export function instantUs({ day, usOfDay }: Instant): bigint {
  return BigInt(day) * BigInt(US_PER_DAY) + BigInt(usOfDay);
}

/** The same as a number where that is exact. */
export function instantNumber({ day, usOfDay }: Instant): number | bigint {
  const us = day * US_PER_DAY + usOfDay;
  return Number.isSafeInteger(us) ? us : instantUs({ day, usOfDay });
}

/** Days since 1970 of `YYYY-MM-DD`; undefined where there is no such day. */
export function dateDays(text: string): number | undefined {
  if (text.length !== 10 || text[4] !== "-" || text[7] !== "-") return undefined;
  return civilDays(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
}

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Days before each month when the year begins with March, so that the day of a leap year is its last. */
const MONTH_STARTS = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];

/** Days since 1970 of a day of the Gregorian calendar, in the years 0 to 9999; NaN is no number of any. */
function civilDays(year: number, month: number, day: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = (MONTH_LENGTHS[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0);
  if (!(year >= 0 && day >= 1 && day <= length)) return undefined;
  const marchYear = month <= 2 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + (MONTH_STARTS[month - 1] as number) + day - 1 - DAYS_TO_1970;
}

/** From the first of March of the year 0. */
const DAYS_TO_1970 = 719_468;

/** The `day` partition transform: days since 1970, rounded down also before it (spec, "Partition Transforms"). */
export function dayOf(us: number): number {
  return Math.floor(us / US_PER_DAY);
}

/** The first microsecond of a day. */
export function dayStartUs(day: number): number {
  return day * US_PER_DAY;
}

/** `YYYY-MM-DD` of a day. */
export function dayText(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, -14);
}
