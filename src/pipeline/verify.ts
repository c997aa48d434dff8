import { DuolakeError } from "../core/errors.ts";
import { readAttempts } from "../duo/read-attempts.ts";
import { withPriority } from "../duo/with-priority.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { CheckedHour } from "./completeness.ts";
import type { Range } from "./ranges.ts";
import { rereadRange, type RangeReread } from "./reread-range.ts";
import type { TableContext } from "./table-context.ts";

/** What the comparison of a table with Duo found. */
export interface Verification {
  /** What was compared: the wanted range as far as the table claims to hold it, ms since 1970. */
  readonly range: Range;
  readonly stream: string;
  readonly requestCount: number;
  /** Oldest first, every hour of the range. */
  readonly hours: readonly CheckedHour[];
  /** Why Duo's counter of attempts could not be asked; undefined where it was, or where there is none. */
  readonly attemptsProblem: string | undefined;
}

export interface VerifyOptions {
  /** ms since 1970. */
  readonly sinceMs: number;
  readonly onPage?: ((eventCount: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const HOUR_MS = 3_600_000;
const ATTEMPT_REQUESTS_AT_ONCE = 4;

/**
 * Compares a table with Duo, hour by hour, and appends what was missing: every event that Duo lists is looked up by its identity,
 * and for authentications Duo's own counter is asked as a second witness.
 *
 * @returns undefined where there is nothing to compare: a gauge, or a table that holds nothing of the range
 * @throws as `rereadRange` does
 */
export async function verify(
  context: TableContext,
  options: VerifyOptions,
): Promise<Verification | undefined> {
  const { sinceMs, onPage, signal } = options;
  if (context.streams[0]?.paging === "gauge") return undefined;
  const fromMs = Math.floor(sinceMs / HOUR_MS) * HOUR_MS;
  const reread = await rereadRange(context, { fromMs, toMs: Infinity }, { onPage, signal });
  if (reread === undefined) return undefined;
  const hours = hoursOf(reread.range);
  const { counts, problem } = await countAttempts(context, hours, signal);
  return {
    range: reread.range,
    stream: reread.stream,
    requestCount: reread.requestCount + counts.size,
    hours: hours.map((hour) => checkedHour(hour, reread, counts)),
    attemptsProblem: problem,
  };
}

function checkedHour(
  hour: Range,
  { hours }: RangeReread,
  attemptCounts: ReadonlyMap<number, number>,
): CheckedHour {
  const hourMs = Math.floor(hour.fromMs / HOUR_MS) * HOUR_MS;
  const { expected, present, healed } = hours.of(hourMs);
  const attempts = attemptCounts.get(hour.fromMs);
  const missing = Math.max(expected, attempts ?? 0) - present;
  return { hourMs, expected, attempts, present: present - healed, healed, missing: Math.max(0, missing) };
}

/** The hours of a range; the first and the last may be shorter. */
function hoursOf({ fromMs, toMs }: Range): Range[] {
  const hours: Range[] = [];
  for (let from = fromMs; from < toMs;) {
    const to = Math.min((Math.floor(from / HOUR_MS) + 1) * HOUR_MS, toMs);
    hours.push({ fromMs: from, toMs: to });
    from = to;
  }
  return hours;
}

/** Asks the counter for each hour. That it cannot be asked is told and stops nothing: the identities were compared. */
async function countAttempts(
  { table, client }: TableContext,
  hours: readonly Range[],
  signal: AbortSignal | undefined,
): Promise<{ readonly counts: ReadonlyMap<number, number>; readonly problem: string | undefined }> {
  const counts = new Map<number, number>();
  if (table.hasAttemptCounter !== true) return { counts, problem: undefined };
  const background = withPriority(client, "reread");
  try {
    await mapBounded(hours, ATTEMPT_REQUESTS_AT_ONCE, async (hour) => {
      counts.set(hour.fromMs, await readAttempts(background, hour, signal));
    });
    return { counts, problem: undefined };
  } catch (error) {
    if (!(error instanceof DuolakeError) || error.code === "stopped") throw error;
    return { counts: new Map(), problem: error.message };
  }
}
