import { HOUR_MS } from "./time.ts";

/** How busy each hour of a working day is, midnight first, in local time. */
const HOURS: readonly number[] = [
  0.08, 0.05, 0.04, 0.04, 0.05, 0.1, 0.35, 0.9, 1.7, 2, 1.5, 1.3, 0.9, 1.3, 1.3, 1.1, 1, 0.8, 0.45, 0.3, 0.25,
  0.2, 0.15, 0.1,
];
const WEEKEND = 0.22;
const HOURS_SUM = HOURS.reduce((sum, weight) => sum + weight, 0);

/** The busiest hour's weight; what a chance that follows the rhythm is measured against. */
export const BUSIEST = 2;

/** How busy an hour is where the clock is `utcOffsetHours` ahead of UTC: 0 to `BUSIEST`. */
export function localWeight(hour: number, utcOffsetHours: number): number {
  const local = new Date((hour + utcOffsetHours) * HOUR_MS);
  const day = local.getUTCDay();
  return (HOURS[local.getUTCHours()] as number) * (day === 0 || day === 6 ? WEEKEND : 1);
}

/** The share of a day's events that falls into an hour; over a week the shares add up to 7. */
export function hourShare(hour: number, utcOffsetsHours: readonly number[]): number {
  const weight = utcOffsetsHours.reduce((sum, offset) => sum + localWeight(hour, offset), 0);
  return ((weight / utcOffsetsHours.length) * 7) / (HOURS_SUM * (5 + 2 * WEEKEND));
}
