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

/** Days since 1970 of `YYYY-MM-DD`; undefined where there is no such day. */
export function dateDays(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const month = Number(match[2]) - 1;
  const day = Number(match[3]);
  // setUTCFullYear, because Date.UTC takes the years 0-99 for 1900-1999.
  const date = new Date(0);
  date.setUTCFullYear(Number(match[1]), month, day);
  return date.getUTCMonth() === month && date.getUTCDate() === day ? date.getTime() / MS_PER_DAY : undefined;
}

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
