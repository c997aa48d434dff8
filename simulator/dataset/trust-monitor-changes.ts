import type { EventChange } from "./event-versions.ts";
import { createRandom } from "./random.ts";
import { DAY_MS, HOUR_MS } from "./time.ts";
import type { LogRow } from "./timeline.ts";

const SECOND_CHANGE_SHARE = 0.4;
const DELAY_DAYS_MAX = 20;

/**
 * Lets a share of the Trust Monitor events change after they surfaced: first somebody works on the event, which
 * begins as `new`; some are triaged anew later. Each change comes hours to days after the one before, at most
 * 20 days. When it surfaced and its key stay.
 *
 * @param share which part of the events changes, 0 to 1
 */
export function withChanges(row: LogRow, { seed, share }: { seed: string; share: number }): LogRow {
  if (share === 0) return row;
  const random = createRandom(`${seed}/trust-monitor-change/${row.id}`);
  if (!random.chance(share)) return row;
  // Squared: most are looked at within the first days.
  const delayMs = (): number =>
    HOUR_MS + Math.floor(random.next() ** 2 * (DELAY_DAYS_MAX * DAY_MS - HOUR_MS));
  const interesting = random.chance(0.5);
  const firstMs = row.ms + delayMs();
  const changes: EventChange[] = [changeTo(firstMs, interesting)];
  if (random.chance(SECOND_CHANGE_SHARE)) changes.push(changeTo(firstMs + delayMs(), !interesting));
  return {
    ...row,
    event: { ...row.event, state: "new", state_updated_timestamp: null, triaged_as_interesting: false },
    changes,
  };
}

function changeTo(atMs: number, interesting: boolean): EventChange {
  return {
    atMs,
    patch: { state: "processed", state_updated_timestamp: atMs, triaged_as_interesting: interesting },
  };
}
