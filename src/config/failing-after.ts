const NORMAL_MS = 15 * 60_000;
const INTERVAL_COUNT = 3;

/**
 * Gives the time without a good pull after which a table counts as failing.
 *
 * One or two failed pulls are no alarm yet: what is not given follows an interval that is longer than 5 minutes.
 *
 * @param givenMs `pull.failing_after`, ms; undefined where it is not given
 * @param intervalMs `pull.interval`, ms
 */
export function failingAfterMs(givenMs: number | undefined, intervalMs: number): number {
  return givenMs ?? Math.max(NORMAL_MS, INTERVAL_COUNT * intervalMs);
}
