import { DuolakeError } from "../core/errors.ts";
import type { QueryOptions } from "../query/open-query.ts";
import { readTime } from "./read-time.ts";

/** Digits alone: no time is written so. */
const SNAPSHOT_ID = /^\d{1,19}$/;

/** The options of `query` that say which rows of which moment are asked for, as they were typed. */
export interface QueryTimes {
  readonly since?: string;
  readonly until?: string;
  readonly asOf?: string;
}

/**
 * Reads `--since`, `--until` and `--as-of`; pure.
 *
 * @param nowMs the present, ms since 1970
 * @throws usage_invalid where one is no time of the past, or the stretch between them is empty
 */
export function readQueryTimes(
  { since, until, asOf }: QueryTimes,
  nowMs: number,
): Pick<QueryOptions, "sinceMs" | "untilMs" | "asOf"> {
  const read = (text: string, option: string): number =>
    readTime(text, { option, nowMs, takesDuration: true });
  const sinceMs = since === undefined ? undefined : read(since, "--since");
  const untilMs = until === undefined ? undefined : read(until, "--until");
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw new DuolakeError(
      "usage_invalid",
      `Cannot use --until: it must be later than --since, got ${JSON.stringify(until)}`,
    );
  }
  if (asOf === undefined) return { sinceMs, untilMs };
  const moment = SNAPSHOT_ID.test(asOf) ? { snapshotId: BigInt(asOf) } : { timeMs: read(asOf, "--as-of") };
  return { sinceMs, untilMs, asOf: moment };
}
