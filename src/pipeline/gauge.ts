import type { Candidate } from "./candidates.ts";
import type { Cursor } from "./cursor.ts";
import { digest } from "./identity.ts";

/** An unchanged value is stored again after this long, so that a reader sees that the account was asked. */
const GAUGE_INTERVAL_MS = 3_600_000;

/**
 * True unless a gauge's value is the one stored last and that was less than an hour ago; pure.
 *
 * @param last what the cursor says was stored last
 * @param atMs when the value was fetched, ms since 1970
 */
export function isFreshGauge({ original }: Candidate, last: Cursor["gauge"], atMs: number): boolean {
  return (
    last === undefined ||
    digest(original) !== last.digest ||
    atMs - last.atMs >= GAUGE_INTERVAL_MS ||
    atMs < last.atMs
  );
}
