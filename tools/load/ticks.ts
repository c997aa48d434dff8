import type { Random } from "../../test/support/random.ts";
import type { LoadPlan } from "./load-plan.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When the dispatcher runs, ms after the beginning, in order: late, twice or not at all, as the plan says. */
export function planTicks(
  { hours, intervalMinutes, faults }: Pick<LoadPlan, "hours" | "intervalMinutes" | "faults">,
  random: Random,
): readonly number[] {
  const ticksMs: number[] = [];
  for (let atMs = 0; atMs < hours * HOUR_MS; atMs += intervalMinutes * MINUTE_MS) {
    if (random.chance(faults.lostTickShare)) continue;
    const tickMs = atMs + Math.floor(random.next() * faults.lateTickSecondsMax * 1000);
    ticksMs.push(tickMs);
    if (random.chance(faults.repeatedTickShare)) ticksMs.push(tickMs + 1000);
  }
  return ticksMs.sort((a, b) => a - b);
}
