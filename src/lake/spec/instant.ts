const US_PER_DAY = 86_400_000_000;
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|[+]00(?::?00)?)?$/;

/**
 * Microseconds since 1970 of `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, exact; undefined where the text is no such instant.
 * A blank for `T` and `+00` for `Z`, as DuckDB prints them, are understood as well.
 */
export function instantUs(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const dayMs = utcDayMs({ year, month, day });
  if (dayMs === undefined) return undefined;
  const us = Number((match[7] ?? "").padEnd(6, "0"));
  return dayMs * 1000 + ((hour * 60 + minute) * 60 + second) * 1_000_000 + us;
}

/** Days since 1970 of `YYYY-MM-DD`; undefined where there is no such day. */
export function dateDays(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const dayMs = utcDayMs({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) });
  return dayMs === undefined ? undefined : dayMs / 86_400_000;
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
  return new Date(day * 86_400_000).toISOString().slice(0, -14);
}

function utcDayMs({ year, month, day }: { year: number; month: number; day: number }): number | undefined {
  // setUTCFullYear, because Date.UTC takes the years 0-99 for 1900-1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}
