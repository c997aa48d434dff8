import { DuolakeError } from "../core/errors.ts";
import type { Window } from "../duo/page.ts";
import type { Stream } from "../duo/tables/table.ts";

/**
 * Sees to it that a stretch is called complete only where Duo's pages prove it: a log that ends before as many rows came as it
 * promised would leave a hole that nobody looks at again (invariants P4 and P5).
 *
 * @param readThroughMs up to where the pages prove that everything was seen, ms since 1970
 * @param window the stretch that was asked for
 * @throws duo_response_invalid, retryable, where the pages ended before the stretch did
 */
export function assertReadThrough(
  readThroughMs: number | undefined,
  { toMs }: Window,
  { path }: Stream,
): void {
  if (readThroughMs !== undefined && readThroughMs >= toMs) return;
  const reached = readThroughMs === undefined ? "no time" : new Date(readThroughMs).toISOString();
  throw new DuolakeError(
    "duo_response_invalid",
    `Cannot finish a stretch of ${path} up to ${new Date(toMs).toISOString()}: the log ended before as many rows came as it promised, got ${reached}`,
    { retryable: true },
  );
}
