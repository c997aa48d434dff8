import type { CheckedHour } from "../pipeline/completeness.ts";

/** True for an hour in which something was or is missing. */
export function isRemarkable({ healed, missing }: CheckedHour): boolean {
  return healed > 0 || missing > 0;
}
