import type { DuolakeError, ErrorCode } from "../core/errors.ts";
import type { TableResult } from "../pipeline/pull-result.ts";

/** Done, also with rejected rows and with a secret that is not populated yet. */
export const EXIT_DONE = 0;
/** Nothing could be done. */
export const EXIT_NOTHING_DONE = 1;
/** Wrong usage or configuration. */
export const EXIT_USAGE = 2;
/** Some streams failed, the others were committed. */
export const EXIT_PARTLY = 3;

const USAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  "usage_invalid",
  "config_not_found",
  "config_invalid",
  "query_invalid",
] as const);

/** The exit code of a command that ended with an error. */
export function exitCodeOf(error: DuolakeError): number {
  return USAGE_CODES.has(error.code) ? EXIT_USAGE : EXIT_NOTHING_DONE;
}

/** The exit code of a pull, and of what goes through the tables like one. */
export function exitCodeOfPull(results: readonly Pick<TableResult, "error">[]): number {
  const failedCount = results.filter((result) => result.error !== undefined).length;
  if (failedCount === 0) return EXIT_DONE;
  return failedCount === results.length ? EXIT_NOTHING_DONE : EXIT_PARTLY;
}
