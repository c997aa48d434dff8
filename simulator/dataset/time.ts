/** Milliseconds in an hour, the unit in which events are generated. */
export const HOUR_MS = 3_600_000;
/** Milliseconds in a day. */
export const DAY_MS = 86_400_000;

/** `2026-03-10T14:05:09.123456+00:00`, as the v2 logs write an instant given in microseconds. */
export function isoMicros(us: number): string {
  const ms = Math.floor(us / 1000);
  return `${new Date(ms).toISOString().slice(0, 23)}${String(us - ms * 1000).padStart(3, "0")}+00:00`;
}

/** `2026-03-10T14:05:09+00:00`, as the v1 logs write it. */
export function isoSeconds(us: number): string {
  return `${new Date(Math.floor(us / 1000)).toISOString().slice(0, 19)}+00:00`;
}

/** Whole seconds since 1970. */
export function unixSeconds(us: number): number {
  return Math.floor(us / 1_000_000);
}
